import {
  Activity,
  ImagePlus,
  type LucideIcon,
  ScanFace,
  Search,
  UsersRound,
  Waypoints,
} from 'lucide-react';

/** The views of a gallery, in the order of the navigation. */
export const VIEWS = ['search', 'people', 'enrol', 'clusters', 'verify', 'status'] as const;

export type View = (typeof VIEWS)[number];

export const VIEW_ICONS: Readonly<Record<View, LucideIcon>> = {
  search: Search,
  people: UsersRound,
  enrol: ImagePlus,
  clusters: Waypoints,
  verify: ScanFace,
  status: Activity,
};

/** The address of a view. */
export function viewPath(gallery: string, view: View): string {
  return `/g/${gallery}/${view}`;
}

/** The people who have a tag. */
export function taggedPath(gallery: string, tag: string): string {
  return `${viewPath(gallery, 'people')}?${new URLSearchParams({ tag })}`;
}

export function personPath(gallery: string, person: string): string {
  return `/g/${gallery}/people/${person}`;
}
