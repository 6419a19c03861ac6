/**
 * Three bundles in dist/: the Node side (command line, engine processes, hosts), the window (`--mode renderer`) and the
 * bridge between them in Electron (`--mode preload`: a sandboxed preload must be one CommonJS file).
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type UserConfig } from 'vite';
import { guides } from './scripts/guides.ts';
import { licences } from './scripts/package/licences.ts';

const node: UserConfig = {
  // Bundled, as a process that starts else reads hundreds of their files, for a quarter of all the time that it takes.
  ssr: { noExternal: ['zod', 'onnx-buf', '@bufbuild/protobuf', 'ag-psd', 'commander', 'fflate'] },
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: false, // the kernels are built beside it
    target: 'node20',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: {
        cli: 'main/hosts/cli.ts',
        recipe: 'main/hosts/recipe.ts',
        electron: 'main/hosts/electron.ts',
        trainer: 'main/engine/processes/trainer.ts',
        loader: 'main/engine/processes/loader.ts',
        worker: 'main/studio/tasks/worker.ts',
        painter: 'main/engine/processes/painter.ts',
        'gpu-probe': 'main/engine/webgpu/probe-process.ts',
        'tensorflow-probe': 'main/engine/tensorflow/probe-process.ts',
        'optimiser-thread': 'main/engine/host/kernels/thread.ts',
        screenshots: 'e2e/screenshots.ts',
        upscalers: 'scripts/upscalers/convert.ts',
        doors: 'scripts/doors.ts',
        starters: 'scripts/starters.ts',
        floors: 'scripts/floors.ts',
        icon: 'scripts/package/icon.ts',
        'after-pack': 'scripts/package/after-pack.ts',
        'bench-studio': 'bench/studio.ts',
        'bench-sketch': 'bench/sketch.ts',
        'bench-latent': 'bench/latent.ts',
        'bench-upscale': 'bench/upscale.ts',
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
};

const renderer: UserConfig = {
  root: 'renderer',
  base: './',
  plugins: [svelte(), guides(import.meta.dirname), licences(import.meta.dirname)],
  build: { outDir: '../dist/renderer', emptyOutDir: true, target: 'chrome140', sourcemap: false, assetsInlineLimit: 0 },
};

const preload: UserConfig = {
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'chrome140',
    minify: false,
    lib: { entry: 'preload/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
};

export default defineConfig(({ mode }) => (mode === 'renderer' ? renderer : mode === 'preload' ? preload : node));
