import Type from 'typebox';
import type { App } from '../app.js';
import { operation } from '../operation.js';
import { cutPage, readCursor } from '../paging.js';
import {
  Cluster,
  ClusterId,
  DEFAULT_PAGE,
  FaceId,
  InGallery,
  nullable,
  PageQuery,
  page,
  ref,
} from '../schemas.js';
import type { Service } from '../service.js';

const InCluster = Type.Object({ ...InGallery.properties, cluster: ClusterId });
const ClustersQuery = Type.Object({
  ...PageQuery,
  unnamed: Type.Optional(Type.Boolean({ description: 'Only clusters without a name.' })),
});
const ClusterName = Type.Object(
  {
    person: nullable(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Name of the person, new or known; null takes the name away.',
      }),
    ),
  },
  { additionalProperties: false },
);
const Others = Type.Object(
  { clusters: Type.Array(ClusterId, { minItems: 1, maxItems: 1000, uniqueItems: true }) },
  { additionalProperties: false },
);
const faceIds = Type.Array(FaceId, { minItems: 1, maxItems: 1000, uniqueItems: true });
const Move = Type.Object(
  {
    faces: faceIds,
    cluster: nullable(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Where to; null: a new cluster (a split).',
      }),
    ),
  },
  { additionalProperties: false },
);
const Reject = Type.Object({ faces: faceIds }, { additionalProperties: false });
const Done = Type.Object({
  cluster: Type.Integer({ description: 'The cluster that has the faces now.' }),
});

export function clusterRoutes(app: App, service: Service): void {
  const tag = 'Clusters';

  app.get(
    '/v1/galleries/:gallery/clusters',
    operation(
      {
        id: 'listClusters',
        tag,
        summary: 'Clusters, the largest first',
        description:
          'Make them with a job: `POST jobs {"kind": "cluster"}`. Faces: `faces?cluster=`.',
        role: 'read',
        answers: { 200: page(ref(Cluster)) },
      },
      { params: InGallery, querystring: ClustersQuery },
    ),
    async (request) => {
      const { params, query } = request;
      const { records } = await service.galleries.open(params.gallery);
      service.audit.add(request, { action: 'clusters.list' });
      const { limit = DEFAULT_PAGE, unnamed = false } = query;
      const clusters = await records.clusters({
        after: readCursor(query.cursor, 'place'),
        limit: limit + 1,
        unnamed,
      });
      return cutPage(clusters, {
        limit,
        cursorOf: ({ faces, id }) => [faces, id],
        present: (cluster) => cluster,
      });
    },
  );

  app.patch(
    '/v1/galleries/:gallery/clusters/:cluster',
    operation(
      {
        id: 'nameCluster',
        tag,
        summary: 'Says who a cluster is',
        description: 'Where the person has a cluster already, the two become one.',
        role: 'enrol',
        answers: { 200: Done },
      },
      { params: InCluster, body: ClusterName },
    ),
    async (request) => {
      const { gallery: name, cluster: id } = request.params;
      const { gallery, records } = await service.galleries.openToChange(name);
      const { person } = request.body;
      const cluster = await gallery.clusters.name(id, person);
      const named = person === null ? undefined : await records.personNamed(person);
      service.audit.add(request, {
        action: 'cluster.name',
        people: named === undefined ? [] : [named.id],
      });
      return { cluster };
    },
  );

  app.post(
    '/v1/galleries/:gallery/clusters/:cluster/merge',
    operation(
      {
        id: 'mergeClusters',
        tag,
        summary: 'Says that other clusters are the same person as this one',
        role: 'enrol',
        answers: { 200: Done },
      },
      { params: InCluster, body: Others },
    ),
    async (request) => {
      const { gallery: name, cluster } = request.params;
      const { gallery } = await service.galleries.openToChange(name);
      await gallery.clusters.merge(cluster, request.body.clusters);
      service.audit.add(request, { action: 'cluster.merge' });
      return { cluster };
    },
  );

  app.post(
    '/v1/galleries/:gallery/clusters/move',
    operation(
      {
        id: 'moveFaces',
        tag,
        summary: 'Moves faces to another cluster, or into a new one',
        role: 'enrol',
        answers: { 200: Done },
      },
      { params: InGallery, body: Move },
    ),
    async (request) => {
      const { gallery } = await service.galleries.openToChange(request.params.gallery);
      const { faces, cluster } = request.body;
      const target = await gallery.clusters.move(faces, cluster);
      service.audit.add(request, { action: 'cluster.move', faces });
      return { cluster: target };
    },
  );

  app.post(
    '/v1/galleries/:gallery/clusters/reject',
    operation(
      {
        id: 'rejectFaces',
        tag,
        summary: 'Says that faces are not the person of their cluster',
        description: 'They leave it, and no later run puts them back.',
        role: 'enrol',
        answers: { 204: { type: 'null', description: 'Done.' } },
      },
      { params: InGallery, body: Reject },
    ),
    async (request, reply) => {
      const { gallery } = await service.galleries.openToChange(request.params.gallery);
      await gallery.clusters.reject(request.body.faces);
      service.audit.add(request, { action: 'cluster.reject', faces: request.body.faces });
      return reply.code(204).send(null);
    },
  );
}
