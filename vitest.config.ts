import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{models,main,preload,renderer,bench,e2e}/**/*.test.ts'],
    reporters: ['default', './scripts/summary-reporter.ts'],
    globalSetup: './e2e/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A loaded machine is slow, not wrong.
    expect: { poll: { timeout: 30_000 } },
    // Two cores: the engine's own processes need the second one.
    maxWorkers: 2,
    pool: 'forks',
  },
});
