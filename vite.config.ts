/** Bundles the Node side (command line, engine processes) to dist/. The renderer will get its own target beside it. */
import { defineConfig } from 'vite';

export default defineConfig({
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
        demo: 'main/hosts/demo.ts',
        trainer: 'main/engine/trainer.ts',
        loader: 'main/engine/loader.ts',
        'optimiser-thread': 'main/engine/kernels/thread.ts',
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
