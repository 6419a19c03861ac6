import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The arrows between the rooms: renderer -> preload/contract <- main -> models. */
const wall = (files, forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: forbidden.map(([regex, message]) => ({ regex, message })) }],
  },
});

export default tseslint.config(
  { ignores: ['dist', 'out', 'node_modules', 'main/engine/**/kernels/*.as.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'bin/*.js'] },
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes `!` the way to state an index invariant
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // There are no enums where only types may be erased; looking for them is a tenth of the time.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      'no-console': 'error',
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, projectService: false },
      globals: globals.browser,
    },
    // svelte-check has the types of components; these rules see `any` where a template meets a script.
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-undef': 'off' },
  },
  {
    files: ['bin/*.js', 'scripts/**', 'bench/**'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
    rules: { 'no-console': 'off' },
  },
  wall(
    ['models/**/*.ts'],
    [
      [
        '^node:|^(koffi|sharp|electron|svelte|onnxruntime-node)',
        'models/ is pure: no disk, no clock, no GPU, no Node API.',
      ],
      ['(main|preload|renderer)/', 'models/ imports none of the other rooms.'],
    ],
  ),
  wall(
    ['main/studio/**/*.ts'],
    [
      ['^(electron|svelte)', 'Only main/hosts/electron.ts knows Electron.'],
      ['(renderer|hosts)/', 'The studio is imported by its doors, and knows none of them.'],
      ['e2e/', 'What tests share lies in main/testing.'],
    ],
  ),
  wall(
    ['main/engine/**/*.ts'],
    [
      ['^(electron|svelte)', 'Only main/hosts/electron.ts knows Electron.'],
      ['(renderer|hosts|studio)/', 'The engine is imported by the studio and its doors, and knows neither.'],
      ['e2e/', 'What tests share lies in main/testing.'],
    ],
  ),
  wall(
    ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    [
      ['^node:|^electron', 'The renderer runs in any browser.'],
      ['/(main|models)/', 'The renderer reaches main through preload/contract only.'],
    ],
  ),
  wall(
    ['preload/contract/**/*.ts'],
    [
      ['^node:|^electron|^svelte', 'The contract runs on both sides.'],
      ['(main|renderer|models)/', 'The contract imports none of the rooms that it joins.'],
    ],
  ),
  wall(['preload/preload.ts'], [['(main|renderer|models)/', 'The bridge knows the contract alone.']]),
);
