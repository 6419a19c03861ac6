/** Tells of ended jobs through the system; a click brings the window back. */
import { BrowserWindow, Notification } from 'electron';

export const notifier =
  (show: () => void) =>
  (title: string, body: string): void => {
    if (!Notification.isSupported() || BrowserWindow.getFocusedWindow()) return; // who looks at it needs no telling
    const notification = new Notification({ title, body });
    notification.on('click', show);
    notification.show();
  };
