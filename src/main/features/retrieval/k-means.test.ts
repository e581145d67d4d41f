import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kMeans } from './k-means.ts';

const vectors = (rows: readonly (readonly number[])[]) => rows.map((row) => Float32Array.from(row));

describe('k-means', () => {
  it('finds groups that lie apart, for any seed, and numbers them in the order of the vectors', () => {
    const points = vectors([
      [0, 0],
      [10, 10],
      [0, 1],
      [10, 11],
      [-10, 10],
    ]);
    for (let seed = 0; seed < 50; seed++) {
      const { clusters, centers, inertia } = kMeans(points, 3, seed);
      expect([...clusters]).toEqual([0, 1, 0, 1, 2]);
      expect(centers.map((center) => [...center])).toEqual([
        [0, 0.5],
        [10, 10.5],
        [-10, 10],
      ]);
      expect(inertia).toBeCloseTo(1, 5);
    }
  });

  it('answers the same for the same seed, on every machine', () => {
    const random = vectors(
      Array.from({ length: 60 }, (_, row) => [Math.sin(row * 7), Math.cos(row * 13), Math.sin(row)]),
    );
    const { clusters, inertia } = kMeans(random, 6, 42);
    expect({ clusters: [...clusters].join(''), inertia: inertia.toFixed(4) }).toMatchInlineSnapshot(`
      {
        "clusters": "011123344522210002255533334112200443225540001115233445222100",
        "inertia": "24.5072",
      }
    `);
  });

  // Would catch: more groups than different vectors, and a group that loses all of its own.
  it('gives each vector its nearest center, and sums up the distances, whatever the vectors are', () => {
    const row = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), fc.nat(), fc.integer(), (rows, wanted, seed) => {
        const points = vectors(rows);
        const k = 1 + (wanted % points.length);
        const { clusters, centers, inertia } = kMeans(points, k, seed);
        expect(centers).toHaveLength(k);
        const distance = (a: Float32Array, b: Float32Array) =>
          a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0);
        let sum = 0;
        points.forEach((point, index) => {
          const own = distance(point, centers[clusters[index] ?? -1] ?? Float32Array.from([Number.NaN, 0]));
          sum += own;
          expect(own).toBeLessThanOrEqual(Math.min(...centers.map((center) => distance(point, center))) + 1e-4);
        });
        expect(inertia).toBeCloseTo(sum, 3);
      }),
    );
  });
});
