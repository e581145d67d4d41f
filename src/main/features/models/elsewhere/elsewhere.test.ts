/** Models of other programs, laid out as those programs lay them out. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createElsewhere } from './index.ts';
import { placesOf } from './places.ts';

let home: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-elsewhere-'));
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function write(content: string | Buffer, ...names: string[]): string {
  const file = path.join(home, ...names);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}
const open = (env: Record<string, string> = {}, isListed = (_file: string) => false) =>
  createElsewhere({ surroundings: { home, env, platform: 'linux' }, isListed });
const found = async (env: Record<string, string> = {}) =>
  (await open(env).list()).map(({ program, name }) => `${program} ${name}`).sort();

test('a machine without other programs has no models of theirs', async () => {
  expect(await open().list()).toEqual([]);
});

test('GPT4All, Jan and LM Studio keep files with names', async () => {
  write('a', '.local/share/nomic.ai/GPT4All/Llama-3.2-1B-Instruct-Q4_0.gguf');
  write('b', 'jan/models/qwen/qwen2.5-Q8_0.gguf');
  write('cc', '.lmstudio/models/maker/model-GGUF/model-Q6_K.gguf');
  write('d', '.cache/lm-studio/models/maker/old-GGUF/old-Q4_K_M.gguf');
  expect(await found()).toEqual([
    'gpt4all local/Llama-3.2-1B-Instruct:Q4_0',
    'jan local/qwen:Q8_0',
    'lmstudio maker/model-GGUF:Q6_K',
    'lmstudio maker/old-GGUF:Q4_K_M',
  ]);
  const [model] = (await open().list()).filter(({ name }) => name.includes('model-GGUF'));
  expect(model).toMatchObject({ bytes: 2, format: 'gguf', installed: false });
});

describe('Ollama', () => {
  const MODEL = 'application/vnd.ollama.image.model';
  const digest = (letter: string) => letter.repeat(64);
  function manifest(layers: unknown, ...names: string[]) {
    write(JSON.stringify({ layers }), '.ollama/models/manifests', ...names);
  }
  const blob = (letter: string) => write('weights', `.ollama/models/blobs/sha256-${digest(letter)}`);

  test('has blobs, and manifests that name them', async () => {
    blob('a');
    blob('b');
    manifest(
      [
        { mediaType: 'application/vnd.ollama.image.license', digest: `sha256:${digest('b')}` },
        { mediaType: MODEL, digest: `sha256:${digest('a')}` },
      ],
      ...['registry.ollama.ai', 'library', 'llama3.2', '1b'],
    );
    manifest([{ mediaType: MODEL, digest: `sha256:${digest('b')}` }], 'hf.co', 'maker', 'model-GGUF', 'Q8_0');
    expect(await found()).toEqual(['ollama maker/model-GGUF:Q8_0', 'ollama ollama/llama3.2:1b']);
    const [first] = (await open().list()).filter(({ name }) => name.startsWith('ollama/'));
    expect(first?.path).toBe(path.join(home, `.ollama/models/blobs/sha256-${digest('a')}`));
  });

  // Catches a manifest by which any file of the machine is opened as a model, and one that ends the search.
  test.each([
    ['a digest that is a path', [{ mediaType: MODEL, digest: 'sha256:../../../secret' }]],
    ['a blob that is gone', [{ mediaType: MODEL, digest: `sha256:${'c'.repeat(64)}` }]],
    ['no model', [{ mediaType: 'application/vnd.ollama.image.params', digest: `sha256:${'a'.repeat(64)}` }]],
    ['another form', 'layers'],
  ])('that names %s is left out, and the others are found', async (_what, layers) => {
    blob('a');
    manifest(layers, 'registry.ollama.ai', 'library', 'bad', 'latest');
    manifest(
      [{ mediaType: MODEL, digest: `sha256:${digest('a')}` }],
      'registry.ollama.ai',
      'library',
      'good',
      'latest',
    );
    expect(await found()).toEqual(['ollama ollama/good:latest']);
  });

  test('a manifest of gigabytes is not read', async () => {
    write(Buffer.alloc(300 * 1024, ' '), '.ollama/models/manifests/registry.ollama.ai/library/big/latest');
    expect(await found()).toEqual([]);
  });
});

describe('the cache of Hugging Face', () => {
  function snapshot(repo: string, name: string, blob = `${repo}-${name}`) {
    const dir = path.join(home, '.cache/huggingface/hub', repo);
    write('weights', '.cache/huggingface/hub', repo, 'blobs', blob);
    const link = path.join(dir, 'snapshots/abc', name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(path.relative(path.dirname(link), path.join(dir, 'blobs', blob)), link);
  }

  test('has snapshots of links, also in folders', async () => {
    snapshot('models--maker--model-GGUF', 'Q8_0/model-Q8_0.gguf', 'one');
    snapshot('models--maker--name--with--dashes', 'm-Q4_0.gguf', 'two');
    expect(await found()).toEqual(['huggingface maker/model-GGUF:Q8_0', 'huggingface maker/name--with--dashes:Q4_0']);
  });

  test('data sets, models without an owner and parts of a model are none', async () => {
    snapshot('datasets--maker--texts', 'a-Q8_0.gguf');
    snapshot('models--gpt2', 'a-Q8_0.gguf');
    snapshot('models--maker--split', 'a-Q8_0-00001-of-00002.gguf');
    expect(await found()).toEqual([]);
  });

  // Catches a repo whose links lead to the blobs of another one, or to any file.
  test('a link out of the repo is not followed', async () => {
    snapshot('models--maker--good', 'a-Q8_0.gguf', 'blob');
    const bad = path.join(home, '.cache/huggingface/hub/models--maker--bad');
    fs.mkdirSync(path.join(bad, 'snapshots/abc'), { recursive: true });
    fs.mkdirSync(path.join(bad, 'blobs'));
    fs.symlinkSync('../../../models--maker--good/blobs/blob', path.join(bad, 'snapshots/abc/b-Q8_0.gguf'));
    fs.symlinkSync(write('secret', 'secret'), path.join(bad, 'snapshots/abc/c-Q8_0.gguf'));
    expect(await found()).toEqual(['huggingface maker/good:Q8_0']);
  });

  test('two revisions of one file are one model', async () => {
    snapshot('models--maker--m', 'a-Q8_0.gguf', 'blob');
    const dir = path.join(home, '.cache/huggingface/hub/models--maker--m/snapshots/def');
    fs.mkdirSync(dir);
    fs.symlinkSync('../../blobs/blob', path.join(dir, 'a-Q8_0.gguf'));
    expect(await found()).toEqual(['huggingface maker/m:Q8_0']);
  });
});

describe('a model that is added from there', () => {
  const none = () => Promise.reject(new Error('looked for elsewhere'));

  test('keeps the name that the program gives it', async () => {
    const file = write('a', '.lmstudio/models/maker/model-GGUF/model-Q6_K.gguf');
    expect(await open().candidatesAt(file, none)).toMatchObject([{ repo: 'maker/model-GGUF', variant: 'Q6_K' }]);
  });

  test('is looked for in the usual way when it lies outside of those programs', async () => {
    const file = write('a', 'Downloads/model-Q6_K.gguf');
    await expect(open().candidatesAt(file, none)).rejects.toThrow('looked for elsewhere');
    const unknown = write('a', '.lmstudio/models/notes.txt');
    await expect(open().candidatesAt(unknown, none)).rejects.toThrow('looked for elsewhere');
  });

  test('says when it is in the list already', async () => {
    const file = write('a', '.lmstudio/models/maker/model-GGUF/model-Q6_K.gguf');
    expect(await open({}, (listed) => listed === file).list()).toMatchObject([{ installed: true }]);
  });
});

describe('where programs keep their models', () => {
  const places = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
    placesOf({ home: '/home/me', env, platform });

  test('follows the variables of the programs before those of the system', () => {
    const env = { HF_HOME: '/hf', OLLAMA_MODELS: '/ollama', XDG_CACHE_HOME: '/cache', XDG_DATA_HOME: '/data' };
    expect(places('linux', env)).toMatchObject({ huggingface: ['/hf/hub'], gpt4all: ['/data/nomic.ai/GPT4All'] });
    expect(places('linux', env).ollama[0]).toBe('/ollama');
    expect(places('linux', { ...env, HF_HUB_CACHE: '/hub' }).huggingface).toEqual(['/hub']);
    expect(places('linux', { XDG_CACHE_HOME: '/cache' }).huggingface).toEqual(['/cache/huggingface/hub']);
  });

  test('is another folder on each system', () => {
    expect(places('darwin').gpt4all).toEqual(['/home/me/Library/Application Support/nomic.ai/GPT4All']);
    expect(places('linux').gpt4all).toEqual(['/home/me/.local/share/nomic.ai/GPT4All']);
    expect(places('win32', { LOCALAPPDATA: '/local', APPDATA: '/roaming' })).toMatchObject({
      gpt4all: ['/local/nomic.ai/GPT4All'],
      jan: ['/roaming/Jan/data/llamacpp/models', '/home/me/jan/models'],
    });
    // A service of the system keeps its models apart; only Linux has it.
    expect(places('linux').ollama).toHaveLength(2);
    expect(places('darwin').ollama).toHaveLength(1);
  });
});
