/** The rooms of the window, in the order of their keys (Ctrl+1, ...). */
export const WORKSPACES = ['train', 'sketch', 'style', 'upscale', 'latent', 'library'] as const;
export type WorkspaceName = (typeof WORKSPACES)[number];
