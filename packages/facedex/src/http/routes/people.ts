import Type from 'typebox';
import type { App } from '../app.js';
import { operation } from '../operation.js';
import { cutPage, readCursor } from '../paging.js';
import { presentPerson } from '../present.js';
import {
  DEFAULT_PAGE,
  InGallery,
  nullable,
  PageQuery,
  Person,
  PersonId,
  PersonName,
  page,
  Removal,
  ref,
  Tag,
  Tags,
} from '../schemas.js';
import type { Service } from '../service.js';

const InPerson = Type.Object({ ...InGallery.properties, person: PersonId });
const ConsentUntil = nullable(
  Type.String({
    format: 'date-time',
    description:
      'The person is deleted then; null: never. A time that has passed, and taking an end away, needs the role admin.',
  }),
);

const PeopleQuery = Type.Object({
  ...PageQuery,
  name: Type.Optional(
    Type.String({ maxLength: 200, description: 'Only names with this in them, in any case.' }),
  ),
  tag: Type.Optional(Tag),
});
const NewPerson = Type.Object(
  {
    name: PersonName,
    tags: Type.Optional(Tags),
    consentUntil: Type.Optional(ConsentUntil),
  },
  { additionalProperties: false },
);
const PersonPatch = Type.Object(
  {
    name: Type.Optional(PersonName),
    tags: Type.Optional(Tags),
    consentUntil: Type.Optional(ConsentUntil),
  },
  { additionalProperties: false, minProperties: 1 },
);
const Others = Type.Object(
  { people: Type.Array(PersonId, { minItems: 1, maxItems: 100, uniqueItems: true }) },
  { additionalProperties: false },
);

export function peopleRoutes(app: App, service: Service): void {
  const tag = 'People';

  app.get(
    '/v1/galleries/:gallery/people',
    operation(
      {
        id: 'listPeople',
        tag,
        summary: 'Everybody, ordered by name',
        role: 'read',
        answers: { 200: page(ref(Person)) },
      },
      { params: InGallery, querystring: PeopleQuery },
    ),
    async (request) => {
      const { params, query } = request;
      const { records } = await service.galleries.open(params.gallery);
      service.audit.add(request, { action: 'people.list' });
      const { limit = DEFAULT_PAGE, name, tag: tagged } = query;
      const people = await records.people({
        afterName: readCursor(query.cursor, 'string'),
        limit: limit + 1,
        nameContains: name,
        tag: tagged,
      });
      return cutPage(people, { limit, cursorOf: (person) => person.name, present: presentPerson });
    },
  );

  app.post(
    '/v1/galleries/:gallery/people',
    operation(
      {
        id: 'createPerson',
        tag,
        summary: 'A person, who may have no photo yet',
        role: 'enrol',
        answers: { 201: ref(Person) },
      },
      { params: InGallery, body: NewPerson },
    ),
    async (request, reply) => {
      const { records } = await service.galleries.openToChange(request.params.gallery);
      const { consentUntil: until, ...rest } = request.body;
      const consentUntil = toDate(until);
      if (hasPassed(consentUntil)) service.assertRole(request, 'admin');
      const person = await records.createPerson({ ...rest, consentUntil });
      service.audit.add(request, { action: 'person.create', people: [person.id] });
      return reply
        .code(201)
        .header('location', `/v1/galleries/${request.params.gallery}/people/${person.id}`)
        .send(presentPerson(person));
    },
  );

  app.get(
    '/v1/galleries/:gallery/people/:person',
    operation(
      {
        id: 'getPerson',
        tag,
        summary: 'One person',
        role: 'read',
        answers: { 200: ref(Person) },
      },
      { params: InPerson },
    ),
    async (request) => {
      const { gallery, person: id } = request.params;
      const { records } = await service.galleries.open(gallery);
      service.audit.add(request, { action: 'person.read', people: [id] });
      return presentPerson(await records.person(id));
    },
  );

  app.patch(
    '/v1/galleries/:gallery/people/:person',
    operation(
      {
        id: 'changePerson',
        tag,
        summary: 'Another name, other tags, another end of the consent',
        description: '`tags` replaces all tags. A name that somebody else has is refused: merge.',
        role: 'enrol',
        answers: { 200: ref(Person) },
      },
      { params: InPerson, body: PersonPatch },
    ),
    async (request) => {
      const { gallery, person: id } = request.params;
      const { records, changing } = await service.galleries.openToChange(gallery);
      const { consentUntil: until, ...rest } = request.body;
      const consentUntil = toDate(until);
      if (until === null || hasPassed(consentUntil)) service.assertRole(request, 'admin');
      const change = { ...rest, ...(until === undefined ? {} : { consentUntil }) };
      const person = await changing(() => records.changePerson(id, change));
      service.audit.add(request, { action: 'person.change', people: [id] });
      return presentPerson(person);
    },
  );

  app.post(
    '/v1/galleries/:gallery/people/:person/merge',
    operation(
      {
        id: 'mergePeople',
        tag,
        summary: 'Others are this person: their photos, faces and tags become theirs',
        description:
          'Where the end of the consent is not the same for all, it needs the role admin.',
        role: 'enrol',
        answers: { 200: ref(Person) },
      },
      { params: InPerson, body: Others },
    ),
    async (request) => {
      const { gallery, person: id } = request.params;
      const { records, changing } = await service.galleries.openToChange(gallery);
      const people = [id, ...request.body.people];
      const person = await changing(async () => {
        const ends = new Set<string | null>();
        for (const one of people) ends.add((await records.person(one)).consentUntil);
        if (ends.size > 1) service.assertRole(request, 'admin');
        return records.mergePeople(id, request.body.people);
      });
      service.audit.add(request, { action: 'person.merge', people });
      return presentPerson(person);
    },
  );

  app.delete(
    '/v1/galleries/:gallery/people/:person',
    operation(
      {
        id: 'deletePerson',
        tag,
        summary: 'Deletes a person: name, photos, faces, embeddings, pictures',
        description:
          'When it answers, nothing of the person is in a file of the gallery any more. Photos that show others too are kept.',
        role: 'admin',
        answers: { 200: ref(Removal) },
      },
      { params: InPerson },
    ),
    async (request) => {
      const { gallery, person } = request.params;
      const { records, changing } = await service.galleries.openToChange(gallery);
      const removal = await changing(() => records.removePerson(person));
      await service.forget(gallery);
      service.audit.add(request, { action: 'person.delete', people: [person] });
      return removal;
    },
  );
}

/** Whoever has such an end is deleted within the hour. */
function hasPassed(end: Date | null): boolean {
  return end !== null && end.getTime() <= Date.now();
}

function toDate(time: string | null | undefined): Date | null {
  return time === null || time === undefined ? null : new Date(time);
}
