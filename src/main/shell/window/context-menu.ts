/** Right click in the page: Chromium brings no menu of its own inside Electron. */
import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';

/** What was clicked. */
export interface ClickTarget {
  isEditable: boolean;
  selectionText: string;
  editFlags: { canCut: boolean; canCopy: boolean; canPaste: boolean; canSelectAll: boolean };
}

/** Menu for what was clicked; empty where there is nothing to do. */
export function contextTemplate({ isEditable, selectionText, editFlags }: ClickTarget): MenuItemConstructorOptions[] {
  if (isEditable) {
    return [
      { role: 'cut', enabled: editFlags.canCut },
      { role: 'copy', enabled: editFlags.canCopy },
      { role: 'paste', enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    ];
  }
  return selectionText.trim() === '' ? [] : [{ role: 'copy', enabled: editFlags.canCopy }];
}

/** Offers the menu in a window. */
export function offerContextMenu(window: BrowserWindow): void {
  window.webContents.on('context-menu', (_event, target) => {
    const template = contextTemplate(target);
    if (template.length > 0) Menu.buildFromTemplate(template).popup({ window });
  });
}
