/** Archives of profiles as one run of a host has them, over a core that outlives it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { UploadId } from '../../src/contract/kernel/scalars.ts';
import type { CallContext } from '../../src/main/core/operation/operation.ts';
import { OPERATOR } from '../../src/main/core/operation/operator.ts';
import { createProfileArchives } from '../../src/main/features/profiles/archive/index.ts';
import { createProfiles } from '../../src/main/features/profiles/index.ts';
import { PLATFORM, type TestCore } from './core.ts';
import { openJobs } from './jobs.ts';
import { proxiesOn } from './proxies/on-core.ts';

/** @param fileOf where the file of an upload is */
export function openArchiveHost(
  core: TestCore,
  fileOf: (id: UploadId) => string = () => path.join(core.dir, 'upload'),
) {
  const jobs = openJobs(core);
  const profiles = createProfiles({
    ...{ ...core, proxies: proxiesOn(core).service, browserArgs: [], baseUrl: () => 'http://127.0.0.1:8080' },
    profilesDir: path.join(core.dir, 'profiles'),
    tempDir: fs.mkdtempSync(path.join(os.tmpdir(), 'ta-')),
  }).service;
  const uploads = {
    require: (id: UploadId) => ({ file: fileOf(id) }),
    taken: async (id: UploadId) => fs.rmSync(fileOf(id)),
  };
  const archives = createProfileArchives({
    ...{ ...core, dataDir: core.dir, jobs, profiles: { service: profiles }, uploads, platform: PLATFORM },
  });
  const context = { principal: OPERATOR, requestId: 'test' } as CallContext;
  return { jobs, profiles, archives, context, start: () => archives.parts[0]?.start?.() };
}
