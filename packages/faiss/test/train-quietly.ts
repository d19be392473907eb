// Run as a process of its own, since FAISS prints past Node: trains with few vectors.
import { kmeans, VectorTransform } from '../src/index.js';
import { randomVectors } from './vectors.js';

const vectors = randomVectors(300, 8);
await kmeans(vectors, { dimension: 8, k: 100, redo: 2 });
for (const transform of ['OPQ2', 'OPQ2_4', 'PCA4', 'ITQ4', 'RR']) {
  await VectorTransform.create({ dimension: 8, transform }).train(vectors);
}
