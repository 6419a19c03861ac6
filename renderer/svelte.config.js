/** Read by svelte-check alone: the settings of the renderer's bundle are in vite.config.ts, behind a mode. */
export default {};
