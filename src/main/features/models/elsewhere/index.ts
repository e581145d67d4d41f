/** Models of other programs on this machine. They are offered for use and never changed. */
import path from 'node:path';
import type { FoundModel } from '../../../../contract/models/models.ts';
import { type Candidate, discover } from '../files/discover.ts';
import { inHuggingFace } from './huggingface.ts';
import { inOllama } from './ollama.ts';
import { placesOf, type Surroundings } from './places.ts';

type Program = FoundModel['program'];

/** How the models of a program are found in one of its folders. */
const FINDERS: Record<Program, (root: string) => Promise<Candidate[]>> = {
  huggingface: inHuggingFace,
  ollama: inOllama,
  lmstudio: discover,
  gpt4all: discover,
  jan: discover,
};
const PROGRAMS = Object.keys(FINDERS) as Program[];

const isInside = (root: string, file: string) => !path.relative(root, file).startsWith('..');

/** Creates the search. @param isListed whether the model at a path is in the list already */
export function createElsewhere(deps: { surroundings: Surroundings; isListed: (path: string) => boolean }) {
  const places = placesOf(deps.surroundings);

  async function find(): Promise<{ program: Program; candidate: Candidate }[]> {
    const found = await Promise.all(
      PROGRAMS.flatMap((program) =>
        places[program].map(async (root) =>
          (await FINDERS[program](root)).map((candidate) => ({ program, candidate })),
        ),
      ),
    );
    return found.flat();
  }

  return {
    async list(): Promise<FoundModel[]> {
      const found = await find();
      return found.map(({ program, candidate: { repo, variant, path: file, files, format } }) => ({
        program,
        name: variant === null ? repo : `${repo}:${variant}`,
        path: file,
        bytes: files.reduce((sum, one) => sum + one.bytes, 0),
        format,
        installed: deps.isListed(file),
      }));
    },
    /** The models at a path: of another program by the names that it gives them, of any other place by `otherwise`. */
    async candidatesAt(file: string, otherwise: (file: string) => Promise<Candidate[]>): Promise<Candidate[]> {
      if (!PROGRAMS.some((program) => places[program].some((root) => isInside(root, file)))) return otherwise(file);
      const named = (await find()).filter(({ candidate }) => candidate.path === file).map(({ candidate }) => candidate);
      return named.length > 0 ? named.slice(0, 1) : otherwise(file);
    },
  };
}
export type Elsewhere = ReturnType<typeof createElsewhere>;
