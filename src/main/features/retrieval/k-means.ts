/**
 * Groups vectors by Lloyd's algorithm from k-means++ starts (Arthur and Vassilvitskii, "k-means++: The Advantages of Careful
 * Seeding", 2007). The same vectors and the same seed give the same groups.
 */

/** Groups of some vectors. */
export interface Clusters {
  /** Group of each vector; numbers follow the order in which vectors first belong to a group. */
  clusters: Int32Array;
  centers: Float32Array[];
  /** Sum of the squared distances of vectors to their centers. */
  inertia: number;
  iterations: number;
}

/** A start can end in a poor local optimum; the best of some starts rarely does. */
const STARTS = 8;
const MOST_ITERATIONS = 100;
/** What a start gets before there is another one. */
const GOOD_ITERATIONS = 20;
/** Multiplications that one request may take; fewer starts, then fewer iterations are made for more vectors, so that the answer does not depend on the machine. */
const BUDGET = 8e9;

/** Numbers from 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) {
    const by = (a[index] ?? 0) - (b[index] ?? 0);
    sum += by * by;
  }
  return sum;
}

/** The index at which the sum of the values passes `limit`. */
function pick(values: Float64Array, limit: number): number {
  let sum = 0;
  const index = values.findIndex((value) => {
    sum += value;
    return sum > limit;
  });
  return index < 0 ? values.length - 1 : index;
}

/** First centers: each next one is a vector, the likelier the farther it is from those before. */
function firstCenters(vectors: readonly Float32Array[], k: number, random: () => number): Float32Array[] {
  const centers: Float32Array[] = [];
  const distances = new Float64Array(vectors.length).fill(Number.POSITIVE_INFINITY);
  let next = Math.floor(random() * vectors.length);
  while (centers.length < k) {
    const center = Float32Array.from(vectors[next] ?? []);
    centers.push(center);
    let total = 0;
    vectors.forEach((vector, index) => {
      const distance = Math.min(distances[index] ?? 0, squaredDistance(vector, center));
      distances[index] = distance;
      total += distance;
    });
    // With nothing left that differs, any vector will do.
    next = total === 0 ? centers.length % vectors.length : pick(distances, random() * total);
  }
  return centers;
}

/** Assigns each vector to its nearest center. @returns the sum of squared distances, and whether anything changed */
function assign(vectors: readonly Float32Array[], centers: readonly Float32Array[], clusters: Int32Array) {
  let inertia = 0;
  let changed = false;
  vectors.forEach((vector, index) => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    centers.forEach((center, cluster) => {
      const distance = squaredDistance(vector, center);
      if (distance < least) [least, best] = [distance, cluster];
    });
    inertia += least;
    if (clusters[index] !== best) changed = true;
    clusters[index] = best;
  });
  return { inertia, changed };
}

/** Moves each center to the mean of its vectors; one without vectors stays where it is. */
function moveCenters(vectors: readonly Float32Array[], centers: readonly Float32Array[], clusters: Int32Array): void {
  const sums = centers.map((center) => new Float64Array(center.length));
  const counts = new Int32Array(centers.length);
  vectors.forEach((vector, index) => {
    const cluster = clusters[index] ?? 0;
    counts[cluster] = (counts[cluster] ?? 0) + 1;
    const sum = sums[cluster];
    if (sum) for (let at = 0; at < vector.length; at++) sum[at] = (sum[at] ?? 0) + (vector[at] ?? 0);
  });
  centers.forEach((center, cluster) => {
    const count = counts[cluster] ?? 0;
    if (count > 0) center.set((sums[cluster] ?? new Float64Array()).map((value) => value / count));
  });
}

/** Numbers groups by the first vector in each; groups without vectors come last. */
function inOrder(clusters: Int32Array, centers: readonly Float32Array[]) {
  const order = [...new Set([...clusters, ...centers.keys()])];
  const numberOf = new Map(order.map((cluster, index) => [cluster, index]));
  return {
    clusters: clusters.map((cluster) => numberOf.get(cluster) ?? 0),
    centers: order.map((cluster) => centers[cluster] ?? new Float32Array()),
  };
}

/** One start, until nothing changes or after `most` iterations. */
function run(vectors: readonly Float32Array[], k: number, random: () => number, most: number): Clusters {
  const centers = firstCenters(vectors, k, random);
  const clusters = new Int32Array(vectors.length).fill(-1);
  let { inertia } = assign(vectors, centers, clusters);
  let iterations = 0;
  for (let changed = true; changed && iterations < most; iterations++) {
    moveCenters(vectors, centers, clusters);
    ({ inertia, changed } = assign(vectors, centers, clusters));
  }
  return { clusters, centers, inertia, iterations };
}

/** Makes `k` groups; `k` is at most the number of vectors. `iterations` are those of the start that was best. */
export function kMeans(vectors: readonly Float32Array[], k: number, seed: number): Clusters {
  const cost = vectors.length * k * (vectors[0]?.length ?? 1);
  const starts = Math.max(1, Math.min(STARTS, Math.floor(BUDGET / cost / GOOD_ITERATIONS)));
  const most = Math.max(1, Math.min(MOST_ITERATIONS, Math.floor(BUDGET / cost / starts)));
  const random = randomFrom(seed);
  let best = run(vectors, k, random, most);
  for (let start = 1; start < starts; start++) {
    const other = run(vectors, k, random, most);
    if (other.inertia < best.inertia) best = other;
  }
  return { ...best, ...inOrder(best.clusters, best.centers) };
}
