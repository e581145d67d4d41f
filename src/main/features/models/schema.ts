/** Table of models. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { JobId, Json, ModelId } from '../../../contract/kernel/scalars.ts';
import type { ModelFormat, ModelSource, ModelStatus, ModelType } from '../../../contract/models/models.ts';
import type { SelfCheck } from '../../../contract/models/self-check.ts';
import { json } from '../../core/db/index.ts';
import type { ModelFile } from './files/discover.ts';
import type { ModelFacts } from './files/facts.ts';
import type { HubFile } from './hub/listing.ts';

/** One quantization of one repo. `path` is the file that an engine opens; columns that repeat `facts` serve filters and sorting. */
export const model = sqliteTable('model', {
  id: text('id').$type<ModelId>().primaryKey(),
  repo: text('repo').notNull(),
  variant: text('variant'),
  name: text('name').notNull(),
  /** Sort key of the name. */
  name_key: text('name_key').notNull(),
  type: text('type').$type<ModelType>().notNull(),
  format: text('format').$type<ModelFormat>().notNull(),
  status: text('status').$type<ModelStatus>().notNull(),
  problem: text('problem'),
  source: text('source').$type<ModelSource>().notNull(),
  path: text('path').notNull(),
  bytes: integer('bytes').notNull(),
  architecture: text('architecture'),
  parameters: integer('parameters'),
  context_length: integer('context_length'),
  facts: json('facts').$type<ModelFacts>(),
  files: json('files').$type<[ModelFile, ...ModelFile[]]>().notNull(),
  sha256: text('sha256'),
  selected: integer('selected', { mode: 'boolean' }).notNull(),
  self_check: json('self_check').$type<SelfCheck>(),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  version: integer('version').notNull(),
});
/** One row of {@link model}; the store adds the sort key. */
export type ModelRow = Omit<typeof model.$inferSelect, 'name_key'>;

/** Saved settings of a quantization, whether it is installed or not. */
export const modelSettings = sqliteTable(
  'model_settings',
  {
    repo: text('repo').notNull(),
    variant: text('variant').notNull(),
    settings: json('settings').$type<Json>().notNull(),
    updated_at: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repo, table.variant] })],
);

/** Default parameters of requests: of one session, or of all under an empty name. */
export const generationParams = sqliteTable('generation_params', {
  session: text('session').primaryKey(),
  params: json('params').$type<Json>().notNull(),
  updated_at: integer('updated_at').notNull(),
});

/** One unfinished download of a quantization; its files are pinned to the commit that was current when it began. */
export const modelDownload = sqliteTable(
  'model_download',
  {
    repo: text('repo').notNull(),
    variant: text('variant').notNull(),
    revision: text('revision').notNull(),
    format: text('format').$type<ModelFormat>().notNull(),
    files: json('files').$type<HubFile[]>().notNull(),
    bytes: integer('bytes').notNull(),
    /** Why it failed, for people; null while it runs and when it was paused. */
    problem: text('problem'),
    job: text('job').$type<JobId>().notNull(),
    created_at: integer('created_at').notNull(),
    updated_at: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repo, table.variant] })],
);
/** One row of {@link modelDownload}. */
export type DownloadRow = typeof modelDownload.$inferSelect;

/** The token of the hub, by reference to its sealed value. */
export const hubToken = sqliteTable('hub_token', { secret: text('secret').primaryKey() });

/** Models whose files are being read, by the path of the first one. */
export const modelReading = sqliteTable('model_reading', { path: text('path').primaryKey() });
