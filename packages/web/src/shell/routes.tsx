import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { useGalleries } from '../api/queries.js';
import { Loading } from '../ui/loading.js';
import { ProblemState } from '../ui/problem-state.js';
import { ErrorBoundary } from './error-boundary.js';
import { FullScreen } from './full-screen.js';
import { GalleryContext } from './gallery-context.js';
import { NotFound } from './not-found.js';
import { Shell } from './shell.js';
import { viewPath } from './views.js';

const LAST_GALLERY = 'facedex-gallery';

const SearchView = lazy(async () => ({
  default: (await import('../search/search-view.js')).SearchView,
}));
const PeopleView = lazy(async () => ({
  default: (await import('../people/people-view.js')).PeopleView,
}));
const PersonView = lazy(async () => ({
  default: (await import('../people/person-view.js')).PersonView,
}));
const EnrolView = lazy(async () => ({
  default: (await import('../enrol/enrol-view.js')).EnrolView,
}));
const ClustersView = lazy(async () => ({
  default: (await import('../clusters/clusters-view.js')).ClustersView,
}));
const VerifyView = lazy(async () => ({
  default: (await import('../verify/verify-view.js')).VerifyView,
}));
const StatusView = lazy(async () => ({
  default: (await import('../status/status-view.js')).StatusView,
}));

const FirstGallery = lazy(async () => ({
  default: (await import('./first-gallery.js')).FirstGallery,
}));

/** Which view an address shows. A gallery's name stands in the address, so that it can be shared. */
export function Routes() {
  return (
    <Switch>
      <Route path="/g/:gallery/:view/:id?">
        {({ gallery, view, id }) => <InGallery gallery={gallery} view={view} id={id} />}
      </Route>
      <Route path="/g/:gallery">
        {({ gallery }) => <Redirect to={viewPath(gallery, 'search')} replace />}
      </Route>
      <Route path="/">
        <OpenGallery />
      </Route>
      <Route>
        <FullScreen>
          <NotFound />
        </FullScreen>
      </Route>
    </Switch>
  );
}

interface InGalleryProps {
  readonly gallery: string;
  readonly view: string;
  readonly id: string | undefined;
}

function InGallery({ gallery, view, id }: InGalleryProps) {
  const galleries = useGalleries();
  if (galleries.isPending) return <Loading height="100vh" />;
  const found = galleries.data?.some((one) => one.name === gallery) ?? true;
  if (!found) {
    return (
      <FullScreen>
        <NotFound gallery={gallery} />
      </FullScreen>
    );
  }
  sessionStorage.setItem(LAST_GALLERY, gallery);
  return (
    // Another gallery, another page: nothing that was picked or written stays.
    <GalleryContext key={gallery} value={gallery}>
      <Shell view={view}>
        <ErrorBoundary key={`${view}/${id}`}>
          <Suspense fallback={<Loading />}>
            <ViewOf view={view} id={id} />
          </Suspense>
        </ErrorBoundary>
      </Shell>
    </GalleryContext>
  );
}

function ViewOf({ view, id }: { view: string; id: string | undefined }) {
  if (view === 'people' && id !== undefined) return <PersonView key={id} id={id} />;
  if (id !== undefined) return <NotFound />;
  switch (view) {
    case 'search':
      return <SearchView />;
    case 'people':
      return <PeopleView />;
    case 'enrol':
      return <EnrolView />;
    case 'clusters':
      return <ClustersView />;
    case 'verify':
      return <VerifyView />;
    case 'status':
      return <StatusView />;
    default:
      return <NotFound />;
  }
}

/** The gallery that was open last in this tab, else the first; where there is none, makes one. */
function OpenGallery() {
  const galleries = useGalleries();
  if (galleries.error) {
    return (
      <FullScreen>
        <ProblemState error={galleries.error} onRetry={() => void galleries.refetch()} />
      </FullScreen>
    );
  }
  if (!galleries.data) return <Loading height="100vh" />;
  const last = sessionStorage.getItem(LAST_GALLERY);
  const open = galleries.data.find((one) => one.name === last) ?? galleries.data[0];
  if (open) return <Redirect to={viewPath(open.name, 'search')} replace />;
  return (
    <Suspense fallback={<Loading height="100vh" />}>
      <FirstGallery />
    </Suspense>
  );
}
