import { isDeepStrictEqual } from 'node:util';
import { classify, distanceOfSimilarity, type Match, type SearchFilter } from '@facedex/gallery';
import type { Pipeline } from '@facedex/pipeline';
import { ActiveCalibration } from '../calibration.js';
import { FacedexError } from '../facedex-error.js';
import { similarityOf } from '../likeness.js';
import { renderComparison } from '../picture/render-comparison.js';
import type { OpenGallery } from './open-gallery.js';
import { MatchPresenter } from './present.js';
import type { Probe, ProbePair } from './probe.js';
import type { CompareRequest, IdentifyRequest, SearchRequest } from './routes/ask-schemas.js';
import type { DetectRequest, VerifyRequest } from './routes/look.js';

/** Answers a search; see the route. */
export async function searchProbe(open: OpenGallery, probe: Probe, options: SearchRequest) {
  const { matches, people, presenter, ...answer } = await search(open, probe, options);
  return {
    ...answer,
    ...about(open, probe),
    matches: presenter.all(matches),
    people: people.flatMap((person) => presenter.person(person) ?? []),
  };
}

export async function identifyProbe(open: OpenGallery, probe: Probe, options: IdentifyRequest) {
  const started = performance.now();
  const answer = await open.facedex.byEmbedding.identify(probe.embedding, options);
  const searchMs = performance.now() - started;
  const { calibration: _, person, nearest, runnerUp, ...rest } = answer;
  const presenter = await MatchPresenter.for(open, nearest === null ? [] : [nearest]);
  const best = nearest === null ? undefined : presenter.one(nearest);
  // Somebody else may be called so by now, or they have gone: they are looked for anew.
  if (nearest !== null && best?.person?.name !== nearest.person) {
    return identifyProbe(open, probe, options);
  }
  const second = runnerUp === null ? undefined : await open.records.personNamed(runnerUp.person);
  if (person !== null) await open.saw(person);
  return {
    ...rest,
    ...about(open, probe),
    searchMs,
    person: person === null ? null : (best?.person ?? null),
    nearest: best ?? null,
    runnerUp: runnerUp !== null && second !== undefined ? { ...runnerUp, person: second } : null,
  };
}

/** @throws {FacedexError} `NO_CLASSIFIER` */
export async function classifyProbe(open: OpenGallery, probe: Probe) {
  if (open.classifier === undefined) {
    throw new FacedexError(
      'NO_CLASSIFIER',
      'the gallery has no classifier, or somebody was deleted since it was trained: POST jobs {"kind": "train"}',
    );
  }
  const [prediction] = await classify(open.classifier, [probe.embedding]);
  const { person, probability, ranking } = prediction!;
  const people = await open.records.peopleWithIds(ranking.map((rank) => rank.person));
  const refs = new Map(people.map((ref) => [ref.id, ref]));
  return {
    person: (person === null ? undefined : refs.get(person)) ?? null,
    probability,
    ranking: ranking.flatMap((rank) => {
      const ref = refs.get(rank.person);
      return ref === undefined ? [] : [{ ...rank, person: ref }];
    }),
    probe: probe.seen,
  };
}

/** The comparison picture of a search. */
export async function compareProbe(
  open: OpenGallery,
  probe: Probe,
  { format = 'jpeg', ...options }: CompareRequest,
) {
  const query = await pictureOf(open, probe);
  const { matches, presenter, searchMs, threshold } = await search(open, probe, {
    ...options,
    group: 'face',
  });
  const pictured: Match[] = [];
  for (const match of matches) {
    const photo = presenter.one(match)?.photo;
    const place = photo === undefined ? undefined : await open.records.findPhoto(photo);
    const path = place === undefined ? undefined : await open.pictures.pathOf(place);
    pictured.push({ ...match, photo: path ?? '' });
  }
  const picture = await renderComparison(
    { probe: query, searchMs, threshold, matches: pictured },
    format,
  );
  return { picture, result: { searchMs, matches: presenter.all(matches) } };
}

export async function detectFaces(pipeline: Pipeline, picture: Uint8Array, options: DetectRequest) {
  const { anyOrientation = false, embeddings = false } = options;
  const { width, height, faces } = await pipeline.analyse(picture, {
    anyOrientation,
    embed: embeddings,
  });
  return {
    width,
    height,
    model: pipeline.model.id,
    faces: faces.map(({ embedding, landmarks, ...face }, index) => ({
      ...face,
      index,
      landmarks: landmarks.map(([x, y]) => [x, y]),
      embedding: embeddings ? [...embedding] : null,
    })),
  };
}

export async function verifyProbes(
  { probes: [a, b], pipeline, open }: ProbePair,
  options: VerifyRequest,
) {
  const calibration =
    (await open?.facedex.byEmbedding.calibration()) ??
    (await ActiveCalibration.load(pipeline.model));
  const threshold = options.threshold ?? calibration.verificationThreshold();
  const similarity = similarityOf(a.embedding, b.embedding);
  const distance = distanceOfSimilarity(similarity);
  return {
    same: distance <= threshold,
    distance,
    similarity,
    threshold,
    falseMatchRate: calibration.falseMatchRate(distance),
    model: pipeline.model.id,
    a: a.seen,
    b: b.seen,
  };
}

async function search(
  open: OpenGallery,
  probe: Probe,
  options: SearchRequest,
): ReturnType<typeof searchOnce> {
  const filter = await filterOf(open, options);
  const answer = await searchOnce(open, probe, { ...options, filter });
  // Others may have got the names meanwhile.
  const isStill = isDeepStrictEqual(await filterOf(open, options), filter);
  return isStill ? answer : search(open, probe, options);
}

async function searchOnce(
  open: OpenGallery,
  probe: Probe,
  options: SearchRequest & { filter: SearchFilter | undefined },
) {
  const { k, threshold, group = 'face', topFaces, filter } = options;
  const { byEmbedding } = open.facedex;
  const asked = { ...(k === undefined ? {} : { k }), threshold, filter };
  const faces =
    group === 'face'
      ? { people: [], ...(await byEmbedding.search(probe.embedding, asked)) }
      : {
          matches: [],
          ...(await byEmbedding.searchPeople(probe.embedding, {
            ...asked,
            ...(topFaces === undefined ? {} : { topFaces }),
          })),
        };
  const presenter = await MatchPresenter.for(open, [
    ...faces.matches,
    ...faces.people.flatMap((person) => person.faces),
  ]);
  return { ...faces, presenter };
}

async function filterOf(
  { records }: OpenGallery,
  { people, tags, since, until }: SearchRequest,
): Promise<SearchFilter | undefined> {
  if ([people, tags, since, until].every((one) => one === undefined)) return undefined;
  return {
    ...(people === undefined ? {} : { people: await records.namesOf(people) }),
    ...(tags === undefined ? {} : { tags }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
  };
}

function about(open: OpenGallery, probe: Probe) {
  return {
    model: open.gallery.space.id,
    probe: probe.seen,
    analyseMs: probe.analyseMs,
  };
}

async function pictureOf(open: OpenGallery, probe: Probe) {
  if (probe.picture !== null && probe.seen !== null) {
    return { photo: probe.picture, box: probe.seen.box };
  }
  const face = await open.records.face(probe.storedFace ?? 0);
  const path = await open.pictures.pathOf(await open.records.photo(face.photo));
  return { photo: path ?? '', box: face.box };
}
