import { describe, expect, it } from 'vitest';
import { findEmbedder } from './embedder.js';
import { CATALOG, DEFAULT_MODEL } from './models/catalog.js';
import { PRESET_EMBEDDERS } from './preset-embedders.js';
import { chooseEmbedder, PRESETS, type Preset } from './presets.js';

describe('misuse', () => {
  it('a model and a preset together are refused, naming both', () => {
    expect(() => chooseEmbedder({ model: 'dlib-resnet-128', preset: 'fast' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/dlib-resnet-128.*fast/),
      }),
    );
  });

  it.each(['best', 'toString'])('the preset %s is refused, naming those that there are', (name) => {
    expect(() => chooseEmbedder({ preset: name as Preset })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/fast, balanced, accurate/),
      }),
    );
  });
});

describe('presets', () => {
  it('the default is balanced, which is the default model', () => {
    expect(chooseEmbedder({})).toBe(DEFAULT_MODEL);
    expect(chooseEmbedder({ preset: 'balanced' })).toBe(DEFAULT_MODEL);
  });

  it.each(Object.entries(PRESETS))('%s is an embedder with all thresholds', async (_, id) => {
    const embedder = await findEmbedder(id);
    expect(embedder.id).toBe(id);
    // A gallery finds its embedder again by its space.
    expect(embedder.space).toBe(id);
    expect(Object.keys(embedder.thresholds)).toEqual(['1e-2', '1e-3', '1e-4', '1e-5']);
  });
});

describe.each(PRESET_EMBEDDERS.map((embedder) => [embedder.id, embedder] as const))(
  '%s',
  (id, embedder) => {
    it('has an id of its own', () => {
      expect(CATALOG.map(({ card }) => card.id)).not.toContain(id);
      expect(PRESET_EMBEDDERS.filter((other) => other.id === id)).toHaveLength(1);
    });

    it('is as long as its parts together, which are embedders with a weight above 0', async () => {
      const parts = await Promise.all(embedder.parts.map(({ model }) => findEmbedder(model)));
      const dimension = parts.reduce((sum, part) => sum + part.dimension, 0);
      expect(dimension).toBe(embedder.dimension);
      for (const { weight } of embedder.parts) expect(weight).toBeGreaterThan(0);
    });
  },
);
