import { describe, expect, it } from 'vitest';
import { CATALOG, catalogEntry, DEFAULT_MODEL, DETECTOR, LANDMARKS } from './catalog.js';
import { modelCardSchema } from './model-card.js';

const { card } = catalogEntry(DEFAULT_MODEL);

describe('a card that is wrong', () => {
  it.each([
    ['a scale of 0', { ...card, input: { ...card.input, scale: [128, 0, 128] } }],
    ['a hash that is none', { ...card, sha256: 'abc' }],
    ['an id that leads out of the cache', { ...card, id: '../evil' }],
    ['a kind that does not exist', { ...card, kind: 'oracle' }],
    ['an embedder without a dimension', { ...card, dimension: undefined }],
    ['a threshold at a rate of its own', { ...card, thresholds: { '1e-9': 1 } }],
    ['a file in another folder', { ...card, file: '../model.onnx' }],
  ])('%s is refused', (_, wrong) => {
    expect(modelCardSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('the catalog', () => {
  it.each(CATALOG.map((entry) => [entry.card.id, entry.card]))('%s has a valid card', (_, each) => {
    expect(modelCardSchema.parse(each)).toEqual(each);
  });

  it('has no id twice, and no embedding space twice', () => {
    expect(new Set(CATALOG.map((entry) => entry.card.id)).size).toBe(CATALOG.length);
    const spaces = CATALOG.flatMap((entry) => ('space' in entry.card ? [entry.card.space] : []));
    expect(new Set(spaces).size).toBe(spaces.length);
  });

  it('names models of the right kinds as defaults', () => {
    const kinds = [DETECTOR, LANDMARKS, DEFAULT_MODEL].map((id) => catalogEntry(id).card.kind);
    expect(kinds).toEqual(['detector', 'landmarks', 'embedder']);
  });

  it('answers an unknown id with the known ones', () => {
    expect(() => catalogEntry('arcface')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_MODEL',
        message: expect.stringMatching(/arcface.*faceplugin-512.*dlib-resnet-128/),
      }),
    );
  });
});
