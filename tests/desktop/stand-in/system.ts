/** Small parts of the stand-in that answer for the operating system: theme, screens, power, dialogs, shell, keys. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type {
  Dialog,
  MessageBoxOptions,
  NativeImage,
  NativeTheme,
  nativeImage as RealNativeImage,
  SafeStorage,
  Screen,
  Shell,
} from 'electron';

class StandInTheme extends EventEmitter implements Pick<NativeTheme, 'themeSource' | 'shouldUseDarkColors'> {
  #source: NativeTheme['themeSource'] = 'system';

  get themeSource(): NativeTheme['themeSource'] {
    return this.#source;
  }

  set themeSource(source: NativeTheme['themeSource']) {
    if (source === this.#source) return;
    this.#source = source;
    this.emit('updated');
  }

  /** The system of the stand-in is light. */
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
}

/** `nativeTheme`. */
export const nativeTheme = new StandInTheme();

/** `powerMonitor`: specs emit its events. */
export const powerMonitor = new EventEmitter();

const display = {
  id: 1,
  workArea: { x: 0, y: 25, width: 1680, height: 1000 },
} as Electron.Display;

/** `screen`: one display with a panel on top. */
export const screen = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
} satisfies Pick<Screen, 'getPrimaryDisplay' | 'getAllDisplays'>;

/** `dialog`: every question is answered like by the Escape key; the recorder puts other answers in. */
export const dialog = {
  showMessageBox: async (...args: unknown[]) => {
    const options = args.at(-1) as MessageBoxOptions;
    return { response: options.cancelId ?? 0, checkboxChecked: false };
  },
  showErrorBox: () => undefined,
  showOpenDialog: async () => ({ canceled: true, filePaths: [] }),
  showSaveDialog: async () => ({ canceled: true, filePath: '' }),
} satisfies Pick<Dialog, 'showMessageBox' | 'showErrorBox' | 'showOpenDialog' | 'showSaveDialog'>;

/** `shell`: nothing is opened. */
export const shell = {
  openExternal: async () => undefined,
  openPath: async () => '',
} satisfies Pick<Shell, 'openExternal' | 'openPath'>;

const KEY = Buffer.alloc(32, 'stand-in');

/** `safeStorage`: sealed with a fixed key, so that a file from one run can be read in the next. */
export const safeStorage = {
  isAsyncEncryptionAvailable: async () => process.env.STAND_IN_KEY_STORE !== 'none',
  getSelectedStorageBackend: () => (process.env.STAND_IN_KEY_STORE === 'basic_text' ? 'basic_text' : 'gnome_libsecret'),
  encryptStringAsync: async (plainText) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', KEY, nonce);
    return Buffer.concat([nonce, cipher.update(plainText, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  },
  decryptStringAsync: async (encrypted) => {
    const decipher = createDecipheriv('aes-256-gcm', KEY, encrypted.subarray(0, 12));
    decipher.setAuthTag(encrypted.subarray(-16));
    const result = Buffer.concat([decipher.update(encrypted.subarray(12, -16)), decipher.final()]).toString('utf8');
    return { result, shouldReEncrypt: false };
  },
} satisfies Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

/** `nativeImage`: knows whether the file is there, which is what goes wrong in packages. */
export const nativeImage = {
  createFromPath: (path) => {
    let template = false;
    const image = {
      isEmpty: () => !existsSync(path),
      setTemplateImage: (option: boolean) => {
        template = option;
      },
      isTemplateImage: () => template,
    } satisfies Partial<NativeImage>;
    return image as NativeImage;
  },
} satisfies Pick<typeof RealNativeImage, 'createFromPath'>;
