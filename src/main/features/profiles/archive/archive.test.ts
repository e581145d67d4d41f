/** Archives as files: what is written comes back, and what others may have written is refused without a trace. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Encrypter } from 'age-encryption';
import { Header, Pax } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { About, Listed } from './format.ts';
import { pack } from './pack.ts';
import { END, headOf, padOf } from './tar-entry.ts';
import { unpack } from './unpack.ts';

const PASSPHRASE = 'correct horse battery';
const ABOUT: About = {
  ...{ format: 1, product: '0.1.0', platform: 'linux', name: 'Anna', left_out: [] },
  browser: { family: 'chromium', version: '140.0' },
  include: ['storage', 'cookies', 'settings'],
  settings: { tags: ['x'] },
};
const COOKIE = {
  ...{ name: 'sid', value: 'v', domain: 'shop.test', path: '/', expires: 4_000_000_000, partitionKey: null },
  ...{ httpOnly: true, secure: true, sameSite: 'Lax' as const },
};
const LONG = `Default/IndexedDB/${'a'.repeat(120)}/${'b'.repeat(120)}.ldb`;

let root: string;
let dir: string;
let file: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-archive-'));
  dir = path.join(root, 'profiles', 'prf_1');
  file = path.join(root, 'a.tabagent');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function put(name: string, content: string | Buffer): void {
  fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  fs.writeFileSync(path.join(dir, name), content);
}
const packed = (over: Partial<Parameters<typeof pack>[0]> = {}) =>
  pack({ root, dir, target: file, about: ABOUT, cookies: [COOKIE], passphrase: PASSPHRASE, ...over }, () => undefined);
const opened = (over: Partial<Parameters<typeof unpack>[0]> = {}) =>
  unpack({ root, file, target: path.join(root, 'out'), passphrase: PASSPHRASE, ...over }, () => undefined);
/** Files below the root that were not there before. */
const tree = (at = root): string[] =>
  fs
    .readdirSync(at, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [] : [path.relative(at, path.join(entry.parentPath, entry.name))]));

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
interface Entry {
  path: string;
  content?: string | Buffer;
  type?: string;
  linkpath?: string;
}
function raw({ path: name, content = '', type = 'File', linkpath }: Entry): Buffer {
  const body = Buffer.from(content);
  if (type === 'File') return Buffer.concat([headOf(name, body.length), body, padOf(body.length)]);
  const block = Buffer.alloc(512);
  const size = type === 'Directory' ? 0 : body.length;
  new Header({ path: name, type: type as never, size, mode: 0o777, ...(linkpath ? { linkpath } : {}) }).encode(
    block,
    0,
  );
  return Buffer.concat([block, body, padOf(body.length)]);
}
const listed = ({ path: name, content = '' }: Entry): Listed => ({
  ...{ path: name, bytes: Buffer.byteLength(content), sha256: sha256(Buffer.from(content)) },
});
/** An archive as somebody would write it who wants something. */
function crafted(entries: readonly Entry[], manifest: object = {}): Buffer {
  const about = { ...ABOUT, files: entries.map(listed), ...manifest };
  const all = [{ path: 'manifest.json', content: JSON.stringify(about) }, ...entries];
  return Buffer.concat([...all.map(raw), END]);
}
async function sealed(content: Buffer, passphrase = PASSPHRASE, factor = 10): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(factor);
  return Buffer.from(await encrypter.encrypt(content));
}

describe('what is written', () => {
  // Catches names that a tar's header has no room for, empty and large files, and a login that is lost or written in the clear.
  test('comes back byte for byte; caches, locks, cookie files and links stay behind; nothing is readable in the file', async () => {
    const large = Buffer.alloc(700_001, 'large-content ');
    put('Default/Local Storage/leveldb/000003.log', large);
    put('Default/Preferences', '{"secret-of-the-site":1}');
    put(LONG, 'long');
    put('Default/empty', '');
    put('Default/Überraschung €.txt', 'ü');
    for (const name of ['Default/Cookies', 'Default/Network/Cookies-journal', 'Default/Cache/data_0', 'SingletonLock'])
      put(name, 'left behind');
    put('Default/what:is?this', 'x');
    fs.symlinkSync('/etc/passwd', path.join(dir, 'Default/link'));
    const made = await packed();
    const bytes = fs.readFileSync(file);
    expect(made).toEqual({ bytes: bytes.length, sha256: sha256(bytes), files: 6 });
    for (const text of ['secret-of-the-site', 'manifest.json', 'large-content', 'shop.test', 'Anna', PASSPHRASE])
      expect(bytes.includes(text), text).toBe(false);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);

    const found = await opened();
    expect(found).toMatchObject({
      files: 6,
      wrong: [],
      cookies: [COOKIE],
      about: { name: 'Anna', settings: { tags: ['x'] } },
    });
    expect(found.about.left_out).toEqual([expect.objectContaining({ item: '1 files' })]);
    const out = path.join(root, 'out');
    expect(tree(out).sort()).toEqual(
      [
        'Default/Local Storage/leveldb/000003.log',
        'Default/Preferences',
        LONG,
        'Default/empty',
        'Default/Überraschung €.txt',
      ].sort(),
    );
    expect(fs.readFileSync(path.join(out, 'Default/Local Storage/leveldb/000003.log')).equals(large)).toBe(true);
    expect(fs.readFileSync(path.join(out, LONG), 'utf8')).toBe('long');
  }, 180_000);

  test('a trial reads everything and writes nothing', async () => {
    put('Default/Preferences', '{}');
    await packed();
    const before = tree();
    expect(await opened({ target: null })).toMatchObject({ files: 2, wrong: [], cookies: [COOKIE] });
    expect(tree()).toEqual(before);
  }, 180_000);

  // Catches passphrases that fit only where they were typed: systems compose accents differently.
  test('a passphrase opens however its accents are composed', async () => {
    await packed({ dir: null, passphrase: 'größe größe größe'.normalize('NFD') });
    expect(await opened({ passphrase: 'größe größe größe'.normalize('NFC') })).toMatchObject({ files: 1 });
  }, 180_000);

  test('settings alone need no seal', async () => {
    await packed({ dir: null, cookies: null, passphrase: null, about: { ...ABOUT, include: ['settings'] } });
    expect(await opened({ passphrase: null })).toMatchObject({
      files: 0,
      cookies: null,
      about: { settings: { tags: ['x'] } },
    });
  });
});

describe('what others write', () => {
  const refusal = async (over: Parameters<typeof opened>[0] = {}) => {
    const before = tree();
    const error = await opened(over).then(
      () => null,
      (thrown) => thrown as { slug: string; extra: Record<string, unknown>; message: string },
    );
    // The folder that was made for it is removed by whoever asked; outside of it nothing has changed.
    expect(tree().filter((name) => !name.startsWith('out/'))).toEqual(before);
    return error && `${error.slug} ${error.extra.fault ?? error.extra.field}`;
  };

  // Catches an error without a word on the passphrase, and an archive that is opened without one.
  test('a wrong passphrase, none, and a seal for a key are told apart', async () => {
    fs.writeFileSync(file, await sealed(crafted([])));
    expect(await refusal({ passphrase: 'wrong horse battery' })).toBe('validation-error passphrase');
    expect(await refusal({ passphrase: null })).toBe('validation-error passphrase');
    const toKey = new Encrypter();
    toKey.addRecipient('age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p');
    fs.writeFileSync(file, await toKey.encrypt(crafted([])));
    expect(await refusal()).toBe('unprocessable-entity format');
  });

  // Catches an archive that is taken in part, and one that is decided on before its last byte.
  test('cut at any place, or with any bit turned, it is damaged', async () => {
    const content = { path: 'storage/Default/a', content: Buffer.alloc(200_000, 'x') };
    const whole = await sealed(crafted([content]));
    for (const length of [0, 10, 60, 200, 300, 66_000, whole.length - 70_000, whole.length - 1]) {
      fs.writeFileSync(file, whole.subarray(0, length));
      expect(await refusal(), `cut to ${length}`).toMatch(/^unprocessable-entity (damaged|format)$/);
      fs.rmSync(path.join(root, 'out'), { recursive: true, force: true });
    }
    const header = whole.indexOf('\n--- ') + 49;
    for (const at of [header + 3, header + 40, 100_000, whole.length - 1]) {
      const turned = Buffer.from(whole);
      turned[at] = (turned[at] ?? 0) ^ 4;
      fs.writeFileSync(file, turned);
      expect(await refusal(), `bit at ${at}`).toBe('unprocessable-entity damaged');
      fs.rmSync(path.join(root, 'out'), { recursive: true, force: true });
    }
  });

  // Catches seconds or minutes of computing, and gigabytes of memory, that a few bytes of a header ask for.
  test('a seal that costs more than ours is refused before it is computed, and so is a header without end', async () => {
    const whole = (await sealed(crafted([]))).toString('latin1');
    for (const factor of ['19', '30', '99999', 'x']) {
      fs.writeFileSync(file, Buffer.from(whole.replace(/^(-> scrypt \S+) 10$/m, `$1 ${factor}`), 'latin1'));
      expect(await refusal(), factor).toBe('unprocessable-entity hostile');
    }
    fs.writeFileSync(file, `age-encryption.org/v1\n${'-> x y\nAAAA\n'.repeat(100_000)}`);
    expect(await refusal()).toBe('unprocessable-entity damaged');
  });

  const FILE = { path: 'storage/Default/a', content: 'x' };
  const many = Array.from({ length: 50_001 }, (_, n) => ({ path: `storage/${n}`, bytes: 0, sha256: sha256('') }));
  const bare = (name: string) => ({ path: name, content: 'x' });
  test.each<[string, () => Buffer, string]>([
    ['a path that leads up', () => crafted([bare('storage/../../escaped')]), 'hostile'],
    ['an absolute path', () => crafted([bare('storage//etc/escaped')]), 'hostile'],
    ['a path of Windows', () => crafted([bare('storage/..\\..\\escaped')]), 'hostile'],
    ['another stream of a file', () => crafted([bare('storage/a:b')]), 'hostile'],
    ['a path outside of the storage', () => crafted([bare('escaped')]), 'hostile'],
    ['a lock of a browser', () => crafted([bare('storage/SingletonLock')]), 'hostile'],
    ['the cookie file itself', () => crafted([bare('storage/Default/Cookies')]), 'hostile'],
    ['the same file twice', () => crafted([FILE, bare('storage/Default/A')]), 'hostile'],
    ['a file that is a folder too', () => crafted([FILE, bare('storage/Default/a/b')]), 'hostile'],
    ['files it does not announce', () => crafted([FILE], { include: ['cookies'] }), 'hostile'],
    [
      'an entry that is not listed',
      () => crafted([FILE, bare('storage/Default/b')], { files: [listed(FILE)] }),
      'hostile',
    ],
    ['another size than listed', () => crafted([FILE], { files: [{ ...listed(FILE), bytes: 2 }] }), 'hostile'],
    [
      'a listed file that is missing',
      () => crafted([FILE], { files: [listed(FILE), listed(bare('storage/b'))] }),
      'damaged',
    ],
    ['more bytes than it may hold', () => crafted([], { files: [{ ...listed(FILE), bytes: 3e9 }] }), 'too-large'],
    ['more files than it may have', () => crafted([], { files: many }), 'too-large'],
    [
      'a million entries',
      () =>
        Buffer.concat([
          crafted([]).subarray(0, -1024),
          Buffer.alloc(512 * 10_000, raw(bare('storage/a')).subarray(0, 512)),
        ]),
      'hostile',
    ],
    [
      'a symbolic link',
      () => crafted([{ ...FILE, content: '', type: 'SymbolicLink', linkpath: '/etc/passwd' }]),
      'hostile',
    ],
    ['a hard link', () => crafted([{ ...FILE, content: '', type: 'Link', linkpath: '/etc/passwd' }]), 'hostile'],
    ['a device', () => crafted([{ ...FILE, content: '', type: 'CharacterDevice' }]), 'hostile'],
    ['a pipe', () => crafted([{ ...FILE, content: '', type: 'FIFO' }]), 'hostile'],
    ['a folder', () => crafted([{ ...FILE, content: '', type: 'Directory' }]), 'hostile'],
    ['a path that a second header replaces', () => renamed('storage/../../escaped'), 'hostile'],
    ['a later format', () => crafted([], { format: 2 }), 'format'],
    ['a manifest of something else', () => crafted([], { include: ['everything'] }), 'damaged'],
    [
      'a manifest that is not JSON',
      () => Buffer.concat([raw({ path: 'manifest.json', content: '{{' }), END]),
      'damaged',
    ],
    [
      'a manifest without end',
      () => Buffer.concat([headOf('manifest.json', 17 * 1024 * 1024), Buffer.alloc(9000)]),
      'format',
    ],
    ['a tar of something else', () => Buffer.concat([raw(bare('readme.txt')), END]), 'format'],
    ['a bomb', () => gzipSync(Buffer.alloc(50_000_000)), 'format'],
    ['noise', () => Buffer.alloc(100_000, 'noise'), 'format'],
    ['nothing', () => Buffer.alloc(0), 'damaged'],
  ])('%s is refused, and nothing is written outside', async (_what, make, fault) => {
    fs.writeFileSync(file, await sealed(make()));
    expect(await refusal()).toBe(`unprocessable-entity ${fault}`);
    expect(fs.existsSync(path.join(root, 'escaped'))).toBe(false);
  });

  function renamed(to: string): Buffer {
    const [manifest, entry] = [crafted([FILE]).subarray(0, -1024 - 1024), raw(FILE)];
    return Buffer.concat([manifest, new Pax({ path: to, size: 1 }).encode(), entry, END]);
  }

  // Catches a file that is kept although somebody changed it before it was sealed.
  test('a file with another content than the manifest says is named and not kept', async () => {
    const entries = [FILE, { path: 'cookies.json', content: '[]' }];
    const files = [{ ...listed(FILE), sha256: sha256('y') }, listed(entries[1] as Entry)];
    fs.writeFileSync(file, await sealed(crafted(entries, { files })));
    expect(await opened()).toMatchObject({ wrong: ['storage/Default/a'], cookies: [] });
    expect(tree(path.join(root, 'out'))).toEqual([]);
  });

  // Catches logins that anybody on the way could have read or replaced.
  test('logins without a seal are refused', async () => {
    fs.writeFileSync(file, crafted([FILE]));
    expect(await refusal({ passphrase: null })).toBe('unprocessable-entity hostile');
  });
});
