import Type from 'typebox';
import type { App } from '../app.js';
import { classifyProbe, compareProbe, identifyProbe, searchProbe } from '../ask.js';
import { operation, PICTURE } from '../operation.js';
import { readProbe } from '../probe.js';
import { InGallery, ref } from '../schemas.js';
import type { Service } from '../service.js';
import { Binary, uploadBody } from '../upload-schema.js';
import {
  Classification,
  ClassifyOptions,
  type ClassifyRequest,
  CompareOptions,
  type CompareRequest,
  Identification,
  IdentifyOptions,
  type IdentifyRequest,
  ProbeJson,
  probeBody,
  SearchOptions,
  type SearchRequest,
  SearchResult,
} from './ask-schemas.js';

const HOW =
  'Send a form (`photo` and the options as fields), the bytes of a picture with the options in the query, or JSON with one of `photo` (Base64), `storedFace` and `embedding`.';

export function askRoutes(app: App, service: Service): void {
  const tag = 'Ask';

  app.post(
    '/v1/galleries/:gallery/search',
    operation(
      {
        id: 'search',
        tag,
        summary: 'The faces or people that are most like a face',
        description: HOW,
        role: 'read',
        cost: 'picture',
        answers: { 200: ref(SearchResult) },
      },
      {
        params: InGallery,
        querystring: Type.Object(SearchOptions),
        body: probeBody(SearchOptions),
      },
    ),
    async (request) => {
      const open = await service.galleries.open(request.params.gallery);
      const { probe, options } = await readProbe<SearchRequest>(open, request);
      const result = await open.turns.take(() => searchProbe(open, probe, options));
      service.audit.add(request, {
        action: 'search',
        faces: result.matches.map(({ face }) => face),
        people: result.people.map(({ person }) => person.id),
      });
      return result;
    },
  );

  app.post(
    '/v1/galleries/:gallery/identify',
    operation(
      {
        id: 'identify',
        tag,
        summary: 'Who it is: a known person, nobody known, or one of two',
        description: HOW,
        role: 'read',
        cost: 'picture',
        answers: { 200: ref(Identification) },
      },
      {
        params: InGallery,
        querystring: Type.Object(IdentifyOptions),
        body: probeBody(IdentifyOptions),
      },
    ),
    async (request) => {
      const open = await service.galleries.open(request.params.gallery);
      const { probe, options } = await readProbe<IdentifyRequest>(open, request);
      const result = await open.turns.take(() => identifyProbe(open, probe, options));
      const { person, nearest, runnerUp } = result;
      service.audit.add(request, {
        action: 'identify',
        people: idsOf([person, nearest?.person, runnerUp?.person]),
        faces: nearest === null ? [] : [nearest.face],
      });
      return result;
    },
  );

  app.post(
    '/v1/galleries/:gallery/classify',
    operation(
      {
        id: 'classify',
        tag,
        summary: 'Who it is, by a classifier that a `train` job made',
        description: `${HOW} The classifier is in memory only: it goes with a restart, and when somebody is deleted.`,
        role: 'read',
        cost: 'picture',
        answers: { 200: ref(Classification) },
      },
      {
        params: InGallery,
        querystring: Type.Object(ClassifyOptions),
        body: probeBody(ClassifyOptions),
      },
    ),
    async (request) => {
      const open = await service.galleries.open(request.params.gallery);
      const { probe } = await readProbe<ClassifyRequest>(open, request);
      const result = await open.turns.take(() => classifyProbe(open, probe));
      service.audit.add(request, {
        action: 'classify',
        people: idsOf(result.ranking.map(({ person }) => person)),
      });
      return result;
    },
  );

  app.post(
    '/v1/galleries/:gallery/compare',
    operation(
      {
        id: 'compare',
        tag,
        summary: 'The comparison picture: the probe first, then its nearest faces',
        description: `${HOW} The answer's \`X-Search-Ms\` is the time of the search.`,
        role: 'read',
        cost: 'picture',
        answers: { 200: PICTURE },
      },
      {
        params: InGallery,
        querystring: Type.Object(CompareOptions),
        body: uploadBody({
          json: Type.Object(
            { photo: ProbeJson.photo, storedFace: ProbeJson.storedFace, ...CompareOptions },
            { additionalProperties: false },
          ),
          form: Type.Object({ photo: Binary, ...CompareOptions }, { additionalProperties: false }),
        }),
      },
    ),
    async (request, reply) => {
      const open = await service.galleries.open(request.params.gallery);
      const { probe, options } = await readProbe<CompareRequest>(open, request);
      const { format = 'jpeg', ...search } = options;
      const { picture, result } = await compareProbe(open, probe, { ...search, format });
      service.audit.add(request, {
        action: 'search',
        faces: [probe.storedFace, ...result.matches.map(({ face }) => face)].filter(
          (face) => face !== null,
        ),
      });
      return reply
        .type(`image/${format}`)
        .header('cache-control', 'private, no-store')
        .header('x-search-ms', result.searchMs.toFixed(2))
        .send(picture);
    },
  );
}

/** Of whom an answer tells, each once. */
function idsOf(people: readonly ({ readonly id: string } | null | undefined)[]): string[] {
  return [...new Set(people.flatMap((person) => person?.id ?? []))];
}
