/** Icon files of the window and the tray. */
import { join } from 'node:path';
import { nativeImage } from 'electron';

/** Window icon of Linux and Windows. */
export function windowIcon(appRoot: string): string {
  const file = process.platform === 'win32' ? 'icon.ico' : join('linux', '256x256.png');
  return join(appRoot, 'resources', 'icons', file);
}

/** Tray icon: a template image on macOS, which colours it itself; the coloured mark elsewhere. */
export function trayIcon(appRoot: string): Electron.NativeImage {
  if (process.platform !== 'darwin') return nativeImage.createFromPath(join(appRoot, 'resources', 'icons', 'tray.png'));
  const image = nativeImage.createFromPath(join(appRoot, 'resources', 'icons', 'trayTemplate.png'));
  image.setTemplateImage(true);
  return image;
}
