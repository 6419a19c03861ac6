import { defineConfig } from 'vitest/config';
import { EnginesFirst } from './scripts/engines-first.ts';

const PURE = [
  '{models,preload,renderer,scripts}/**/*.test.ts',
  'main/{memory,node,pool}.test.ts',
  'main/engine/{metrics,pictures}/*.test.ts',
  'main/engine/data/!(datasets|loader).test.ts',
  'main/engine/{engines,host/{picture-pool,stages},training/{budget,safetensors},tensorflow/library}.test.ts',
  'main/engine/webgpu/{plan,probe,slots,tiling}.test.ts',
  'main/hosts/{recipe-file,cli/{documents,models,say-summary}}.test.ts',
  'main/studio/{browse,coach,curves,doctor,jobs,likeness,materials,room-index,uploads}.test.ts',
  // These two want other threads, or another card.
  'main/engine/inference/!(upscale-picture|own-model).test.ts',
  'main/studio/{datasets,drawings}/*.test.ts',
];

export default defineConfig({
  resolve: {
    // Node gets the referee as ES5, whose loops and spreads take twice as long as those it was written in.
    alias: [{ find: /^@tensorflow\/tfjs-(core|backend-cpu)$/, replacement: '@tensorflow/tfjs-$1/dist/tf-$1.fesm.js' }],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'work',
          include: ['{main,bench,e2e,scripts}/**/*.test.ts'],
          exclude: PURE,
          globalSetup: './e2e/setup.ts',
        },
      },
      // These leave nothing behind in their process, so that many files share one, and what they import.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
    ],
    reporters: ['default', './scripts/summary-reporter.ts'],
    setupFiles: './e2e/last-seen.ts',
    // So that Electron's fake reaches it, as it reaches us.
    server: { deps: { inline: ['electron-store'] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A loaded machine is slow, not wrong.
    expect: { poll: { timeout: 30_000 } },
    // Three files on two cores, as windows wait much; so that each of their engines has one thread.
    maxWorkers: 3,
    env: { MAQUETTE_THREADS: '1' },
    pool: 'forks',
    sequence: { sequencer: EnginesFirst },
  },
});
