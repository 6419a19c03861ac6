/** The type of an icon of @lucide/svelte, each imported singly. */
import type { Component } from 'svelte';

export type Icon = Component<{ size?: number | string; strokeWidth?: number | string; class?: string }>;
