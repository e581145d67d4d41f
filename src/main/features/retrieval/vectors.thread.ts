/** Worker thread: arithmetic over many vectors. */
import { serveInThread } from '../../core/process/thread.ts';
import { kMeans } from './k-means.ts';
import { similarityOf } from './ranking.ts';
import { Request, unpack } from './vectors.ts';

serveInThread(Request, (request) => {
  switch (request.t) {
    case 'cluster':
      return kMeans(unpack(request.vectors), request.k, request.seed);
    case 'matrix': {
      const documents = unpack(request.documents);
      return unpack(request.queries).map((query) => documents.map((document) => similarityOf(query, document)));
    }
  }
});
