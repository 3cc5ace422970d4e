// How the JavaScript is held: ESLint's recommended rules, and the limits that CONTRIBUTING.md names.

import js from "@eslint/js";
import globals from "globals";

const limits = {
  "max-lines": ["error", 400],
  "max-lines-per-function": ["error", { max: 60, skipComments: true }],
  "max-depth": ["error", 4],
  "max-len": ["error", { code: 130, ignoreTemplateLiterals: true, ignoreStrings: true }],
};
const style = {
  "eqeqeq": "error",
  "no-implicit-globals": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "no-param-reassign": "error",
  "no-shadow": "error",
  "quotes": "off",
};

export default [
  js.configs.recommended,
  {
    files: ["optviz/stage/js/**/*.js", "optviz/ui/**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { ...limits, ...style },
  },
  {
    // A classic script of the page's head, in which two words stand for what the server knows: see shell.py.
    files: ["optviz/ui/shell.js"],
    languageOptions: { sourceType: "script", globals: { SAID: "readonly", CLIPBOARD: "readonly" } },
  },
  {
    files: ["tests/js/**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: { ...globals.node, ...globals.browser } },
    rules: style,
  },
];
