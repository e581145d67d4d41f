/** Files coming in: multipart or raw with a key, or a PUT with a one-time ticket. */
import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Upload } from '../../../../contract/host/jobs.ts';
import { PAYLOAD_LIMITS } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Principal } from '../../../core/operation/operation.ts';
import type { Tickets } from '../../../core/operation/tickets.ts';
import type { ServerDispatcher } from '../../dispatch/dispatcher.ts';
import { sendJson, sendProblem, sendResult } from '../reply/answer.ts';
import { fromFramework } from '../reply/failures.ts';
import { Exchange } from './exchange.ts';

const MAX_UPLOAD_BYTES = PAYLOAD_LIMITS.file;
const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 65_536;
/** What a form may hold beside its file, bytes. */
const MAX_FORM_EXTRA_BYTES = (MAX_FIELDS + 1) * 2 * MAX_FIELD_BYTES;

/** Where uploaded bytes go. */
export interface UploadSink {
  begin(meta: { name: string; mime: string; principal: string; bytes: number | undefined }): { id: string };
  /** Takes back an announcement. */
  forget(id: string): void;
  /** Reads the stream to its end. @throws AppError `not-found`, `invalid-state`, `payload-too-large` */
  write(id: string, bytes: Readable): Promise<z.infer<typeof Upload>>;
}

/** What the routes need. */
export interface UploadDeps {
  dispatcher: ServerDispatcher;
  uploads: UploadSink;
  tickets: Tickets;
  /** Authenticates and admits a request to `uploads_create`. */
  admit: (exchange: Exchange) => void;
}

/** What the caller says of a file before its bytes. */
interface Announced {
  name: string;
  mime: string;
  bytes?: number | undefined;
}

interface Incoming {
  name: string;
  mime: string;
  bytes: Readable;
}

/** Adds the routes, in a scope of their own because no body may be read for them. */
export function addUploadRoutes(app: FastifyInstance, deps: UploadDeps): void {
  const { dispatcher, uploads, tickets, admit } = deps;
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    await scope.register(multipart, {
      limits: { files: 1, fileSize: MAX_UPLOAD_BYTES, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
    });
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    const options = { bodyLimit: MAX_UPLOAD_BYTES };

    scope.post('/v1/uploads', {
      ...options,
      onRequest: (request, _reply, done) => {
        assertFits(request);
        admit(Exchange.of(request.raw));
        done();
      },
      handler: (request, reply) => {
        reply.hijack();
        void receive(request);
      },
    });

    async function receive(request: FastifyRequest): Promise<void> {
      const exchange = Exchange.of(request.raw);
      try {
        const { admission } = exchange;
        if (!admission) throw new AppError('unauthorized');
        const { name, mime, bytes } = await incoming(request);
        const store = async (meta: Announced, { principal }: { principal: Principal }) => {
          // Of a form the length of the body is a little more than that of its file.
          const length = Number(request.headers['content-length']) || undefined;
          const { id } = uploads.begin({ ...meta, principal: principal.id, bytes: meta.bytes ?? length });
          return writeOrForget(uploads, id, bytes);
        };
        const said = (request.query as { bytes?: unknown }).bytes;
        const announced = said === undefined ? {} : { bytes: Number(said) };
        const result = await dispatcher.run(admission, { name, mime, ...announced }, { instead: store });
        if (result.kind === 'value') sendResult(exchange, result);
      } catch (error) {
        sendProblem(exchange, error);
      }
    }

    scope.put<{ Params: { id: string }; Querystring: { ticket?: string } }>('/v1/uploads/:id', {
      ...options,
      onRequest: (request, _reply, done) => {
        // Before the ticket is spent.
        assertFits(request);
        const { ticket } = request.query;
        if (typeof ticket !== 'string' || !tickets.redeem('uploads_create', request.params.id, ticket)) {
          throw new AppError(
            'unauthorized',
            'This upload address was used or has expired; request a new one with uploads_create.',
          );
        }
        done();
      },
      handler: (request, reply) => {
        reply.hijack();
        const exchange = Exchange.of(request.raw);
        incoming(request)
          .then(
            ({ bytes }) => writeOrForget(uploads, request.params.id, bytes),
            (error: unknown) => {
              uploads.forget(request.params.id);
              throw error;
            },
          )
          .then(
            (upload) => sendJson(exchange, 201, [], upload),
            (error: unknown) => sendProblem(exchange, error),
          );
      },
    });
  });
}

/** Nobody can send the bytes of an upload again that broke off: its id was told to nobody, or its ticket has been spent. */
async function writeOrForget(uploads: UploadSink, id: string, bytes: Readable) {
  try {
    return await uploads.write(id, bytes);
  } catch (error) {
    uploads.forget(id);
    throw error;
  }
}

/** The one file of a request, whichever way it is packed. */
async function incoming(request: FastifyRequest): Promise<Incoming> {
  const query = request.query as { name?: unknown; mime?: unknown };
  const named = typeof query.name === 'string' ? query.name : undefined;
  if (request.isMultipart()) {
    const part = await request.file().catch((thrown: unknown) => {
      throw bodyFault(thrown);
    });
    if (!part) throw new AppError('bad-request', 'The multipart body holds no file.');
    return { name: named ?? (part.filename || 'upload'), mime: part.mimetype, bytes: guarded(part.file) };
  }
  const mime =
    typeof query.mime === 'string' ? query.mime : (request.headers['content-type'] ?? 'application/octet-stream');
  return { name: named ?? 'upload', mime, bytes: guarded(request.raw) };
}

/** @throws AppError `payload-too-large` when the announced length says so */
function assertFits({ headers }: FastifyRequest): void {
  const isForm = headers['content-type']?.toLowerCase().startsWith('multipart/') === true;
  const limit = MAX_UPLOAD_BYTES + (isForm ? MAX_FORM_EXTRA_BYTES : 0);
  if (Number(headers['content-length'] ?? 0) > limit)
    throw new AppError('payload-too-large', undefined, { extra: { limit_bytes: MAX_UPLOAD_BYTES } });
}

/** The same bytes; when the body itself fails, the failure is the client's, not the storage's. */
function guarded(bytes: Readable): Readable {
  async function* chunks() {
    try {
      yield* bytes;
    } catch (thrown) {
      throw bodyFault(thrown);
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}

/** A body that broke off, or a form that cannot be read: the parser's own errors have no code to recognise them by. */
function bodyFault(thrown: unknown): AppError {
  const error = fromFramework(thrown, MAX_UPLOAD_BYTES);
  if (error.slug !== 'internal-server-error') return error;
  return new AppError('bad-request', 'The body broke off, or it is not the form that it says it is.', {
    cause: thrown,
  });
}
