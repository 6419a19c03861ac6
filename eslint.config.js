import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Svelte alone, whose templates and runes only this knows: everything else, and the types, is oxlint's. */
export default defineConfig(js.configs.recommended, ...tseslint.configs.strict, ...svelte.configs.recommended, {
  files: ['**/*.svelte', '**/*.svelte.ts'],
  languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
  rules: {
    '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes `!` the way to state an index invariant
    'no-undef': 'off',
    'no-console': 'error',
  },
});
