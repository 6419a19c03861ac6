/** The window's entry: shows the studio, and catches what would otherwise leave a blank screen. */
import { mount } from 'svelte';
import App from './App.svelte';
import { registerDialogs } from './dialog-table.ts';
import { studio } from './studio.svelte.ts';
import { sketchState } from './workspaces/sketch/sketch.svelte.ts';
import './ui/app.css';

addEventListener('error', ({ error, message }: ErrorEvent) => {
  // Chromium says this when a size observer takes more than a frame: nothing is wrong.
  if (!message.startsWith('ResizeObserver')) studio.report(error ?? message);
});
addEventListener('unhandledrejection', ({ reason }) => studio.report(reason));
addEventListener('beforeunload', (event) => {
  // Trainings go on without the window; files on their way to the host, and strokes that it does not have, do not.
  const last = studio.upload !== null || (sketchState.unsaved && !studio.connection.open);
  if (studio.info?.host === 'browser' && last) event.preventDefault();
});

registerDialogs();
mount(App, { target: document.querySelector('#app')! });
void studio.connection.connect();
