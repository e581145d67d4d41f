/** Sealing with age, and opening what others may have sealed. */
import { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter, type Stanza } from 'age-encryption';
import { invalidField } from '../../../../contract/kernel/errors.ts';
import { damaged, LIMITS, refused } from './format.ts';

const MAGIC = 'age-encryption.org/v1\n';
/** Of a header with one passphrase; the library reads lines without end. */
export const HEADER_BYTES = 1024;

type Bytes = AsyncIterable<Uint8Array>;

/** Seals a stream; without a passphrase it stays as it is. */
export async function* seal(bytes: Bytes, passphrase: string | null): Bytes {
  if (passphrase === null) {
    yield* bytes;
    return;
  }
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.normalize('NFC'));
  encrypter.setScryptWorkFactor(LIMITS.workFactor);
  yield* (await encrypter.encrypt(ReadableStream.from(bytes) as never)) as unknown as Bytes;
}

/** Looks at the header before anything is computed. @throws AppError `unprocessable-entity` */
function requireCheap(head: string): void {
  if (!head.includes('\n--- ')) throw damaged();
  const factors = [...head.matchAll(/^-> scrypt \S+ (\S+)$/gm)].map(([, factor]) => Number(factor));
  if (factors.length === 0)
    throw refused('format', 'The archive is sealed with a key and not with a passphrase; TabAgent does not make such.');
  if (factors.some((factor) => !(factor <= LIMITS.workFactor)))
    throw refused('hostile', 'The archive asks for more work than TabAgent does to open one; nothing of it was taken.');
}

/** Says that the passphrase did not fit; the library gives null and goes on to the next. */
const lastResort = {
  unwrapFileKey: (_stanzas: Stanza[]): never => {
    throw invalidField('passphrase', 'is not the one that the archive was sealed with');
  },
};

/**
 * Opens an archive.
 * @param head its first {@link HEADER_BYTES}
 * @throws AppError `validation-error` for a passphrase that is missing or wrong, `unprocessable-entity` for what is no archive
 */
export async function unseal(file: Bytes, head: string, passphrase: string | null): Promise<Bytes> {
  if (!head.startsWith(MAGIC)) return file;
  requireCheap(head);
  if (passphrase === null) throw invalidField('passphrase', 'is needed: the archive is sealed');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase.normalize('NFC'));
  decrypter.addIdentity(lastResort);
  return (await decrypter.decrypt(ReadableStream.from(file) as never)) as unknown as Bytes;
}

export const isSealed = (head: string): boolean => head.startsWith(MAGIC);
