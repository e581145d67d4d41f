/** Where downloads may come from, and who is told the token. */
import { describe, expect, test } from 'vitest';
import { createHostRules } from './hosts.ts';

const rulesFor = (endpoint = 'https://huggingface.co', allowed: string[] = []) =>
  createHostRules(
    () => endpoint,
    () => allowed,
  );
const isAllowed = (address: string, endpoint?: string, allowed?: string[]) => {
  try {
    rulesFor(endpoint, allowed).require(address);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ slug: 'forbidden', message: expect.stringContaining('Settings') });
    return false;
  }
};

describe('an address that may be asked', () => {
  test.each([
    ['the hub', 'https://huggingface.co/a/b/resolve/main/x.gguf'],
    ['what the hub sends its files from', 'https://cdn-lfs-us-1.hf.co/repos/x'],
    ['a host below the hub', 'https://cas-bridge.xethub.huggingface.co/x'],
  ])('%s', (_what, address) => {
    expect(isAllowed(address)).toBe(true);
  });

  test('a mirror on this machine without TLS, and no other port of it', () => {
    expect(isAllowed('http://127.0.0.1:9000/x', 'http://127.0.0.1:9000')).toBe(true);
    expect(isAllowed('http://127.0.0.1:9001/x', 'http://127.0.0.1:9000')).toBe(false);
  });

  test('a further host, with its port when it has one', () => {
    expect(isAllowed('https://models.example.com/x', undefined, ['models.example.com'])).toBe(true);
    expect(isAllowed('https://eu.models.example.com/x', undefined, ['models.example.com'])).toBe(true);
    expect(isAllowed('https://models.example.com:8443/x', undefined, ['models.example.com'])).toBe(false);
    expect(isAllowed('https://models.example.com:8443/x', undefined, ['models.example.com:8443'])).toBe(true);
  });
});

describe('an address that may not be asked', () => {
  // Catches a redirect by which a download, or the probe for one, reaches another service.
  test.each([
    ['a name that only ends like the hub', 'https://evilhuggingface.co/x'],
    ['a name that only begins like the hub', 'https://huggingface.co.evil.example/x'],
    ['the hub without TLS', 'http://huggingface.co/x'],
    ['the hub at another port', 'https://huggingface.co:8443/x'],
    ['another service of this machine', 'http://127.0.0.1:8080/v1/keys'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest'],
    ['a password in the address', 'https://user:secret@huggingface.co/x'],
    ['a file', 'file:///etc/passwd'],
    ['no address', 'not an address'],
  ])('%s', (_what, address) => {
    expect(isAllowed(address)).toBe(false);
  });

  test('a host without TLS, although it is one of the further ones', () => {
    expect(isAllowed('http://models.example.com/x', undefined, ['models.example.com'])).toBe(false);
  });
});

test('a path is taken relative to what answered', () => {
  expect(rulesFor().require('/next?page=2', 'https://huggingface.co/api').href).toBe(
    'https://huggingface.co/next?page=2',
  );
});

// Catches a token that is sent to a mirror or to the storage behind the hub.
test('the token goes to the hub alone', () => {
  const { isTrusted } = rulesFor('https://mirror.example.com', ['mirror.example.com']);
  const trusted = [
    'https://huggingface.co/x',
    'http://huggingface.co/x',
    'https://huggingface.co:444/x',
    'https://cdn-lfs.hf.co/x',
    'https://sub.huggingface.co/x',
    'https://mirror.example.com/x',
  ].filter((address) => isTrusted(new URL(address)));
  expect(trusted).toEqual(['https://huggingface.co/x']);
});
