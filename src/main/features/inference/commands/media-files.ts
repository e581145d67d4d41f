/** Recordings and pictures that a command names: files that the program keeps, by their ids, and never paths of this machine. */
import { invalidField } from '../../../../contract/kernel/errors.ts';
import { ArtifactId, UploadId } from '../../../../contract/kernel/scalars.ts';
import type { FileOf } from '../deps.ts';

/** @param artifact path of an artifact's file @param upload that of an upload's; each throws AppError `not-found` */
export function mediaFiles({
  artifact,
  upload,
}: {
  artifact(id: ArtifactId): string;
  upload(id: UploadId): string;
}): FileOf {
  return (id) => {
    const [asArtifact, asUpload] = [ArtifactId.safeParse(id), UploadId.safeParse(id)];
    if (asArtifact.success) return artifact(asArtifact.data);
    if (asUpload.success) return upload(asUpload.data);
    throw invalidField('spec.file', 'must be the id of an artifact or of an upload; upload the file first');
  };
}
