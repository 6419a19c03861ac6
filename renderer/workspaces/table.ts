/** Where each workspace is. */
import type { Component } from 'svelte';
import type { WorkspaceName } from '../../preload/contract/workspaces.ts';

export const workspaceLoaders: Readonly<Record<WorkspaceName, () => Promise<{ default: Component }>>> = {
  train: () => import('./train/Train.svelte'),
  sketch: () => import('./sketch/Sketch.svelte'),
  style: () => import('./style/Style.svelte'),
  upscale: () => import('./upscale/Upscale.svelte'),
  latent: () => import('./latent/Latent.svelte'),
  library: () => import('./library/Library.svelte'),
};
