/** Artifacts as answers have them, and the files behind them. */
import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { artifactName } from '../../../../contract/automation/report/artifact-name.ts';
import { parseMediaType } from '../../../../contract/automation/report/media-type.ts';
import { checkFolders, requireBelow } from '../../../core/disk/owned-files.ts';
import { entryOf } from '../../../core/disk/owned-trees.ts';
import type { FileContent } from '../../../core/operation/operation.ts';
import { notFound } from '../../../core/operation/versioned.ts';
import type { TaskDeps } from '../deps.ts';
import { toArtifact } from '../model/mapping.ts';
import { contentUrl } from '../run/artifacts.ts';
import type { ArtifactRow } from '../schema.ts';
import { requireArtifact, requireTask } from '../store/require.ts';
import type { TaskStore } from '../store/store.ts';

/** Creates the reader of artifacts. */
export function createArtifactFiles(
  deps: Pick<TaskDeps, 'tickets' | 'baseUrl' | 'contentUrl' | 'paths'>,
  store: TaskStore,
) {
  const withUrl = (row: ArtifactRow): Artifact => {
    const { ticket, expiresAt } = deps.tickets.issue('artifacts_content', row.id);
    return toArtifact(row, {
      url: contentUrl(deps.baseUrl(), row.id, ticket),
      expiresAt,
      viewUrl: deps.contentUrl(row),
    });
  };

  /** The file of an artifact, for doors that send bytes; null when the row or the file is gone. */
  function openContent(id: string): FileContent | null {
    const row = store.artifact(id);
    if (!row) return null;
    try {
      const dir = entryOf(deps.paths.tasks, row.task_id);
      const file = path.join(dir, row.file);
      requireBelow(dir, file);
      // The folder belongs to a script until its attempt has ended: a link or a pipe may have replaced the file.
      const root = path.dirname(deps.paths.tasks);
      checkFolders(root, path.dirname(file));
      const found = lstatSync(file);
      if (!found.isFile()) return null;
      // Rows of earlier versions hold what executors said.
      const [name, mime] = [artifactName(row.name), parseMediaType(row.mime)];
      return { root, path: file, name, mime, bytes: found.size };
    } catch {
      return null;
    }
  }

  return {
    artifacts(taskId: string): Artifact[] {
      requireTask(store, taskId);
      return store.artifacts(taskId).map(withUrl);
    },
    artifact: (id: string): Artifact => withUrl(requireArtifact(store, id)),
    openContent,
    /** Like {@link openContent}. @throws AppError `not-found` when the row or the file is gone */
    content(id: string): FileContent {
      const found = openContent(id);
      if (!found) throw notFound('artifact', id);
      return found;
    },
  };
}
