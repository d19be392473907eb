import type { Cluster } from '@facedex/gallery';
import { facesText } from './render-cluster-sheet.js';
import { COLOURS } from './style.js';

/** A cluster on the page. */
export interface PageCluster extends Cluster {
  /** Address of its contact sheet, relative to the page. */
  readonly sheet: string;
  /** Address of a face, relative to the page; undefined where its photo can't be read. */
  readonly thumbnail: string | undefined;
}

/** By this, a folder is recognised as one that may be written again. */
export const PAGE_MARK = '<meta name="generator" content="facedex cluster sheets">';

/** The page of all clusters: those with a name by name, then the others, the largest first. */
export function clusterPage(clusters: readonly PageCluster[]): string {
  const named = clusters
    .filter(({ person }) => person !== null)
    .sort((a, b) => a.person!.localeCompare(b.person!, 'en'));
  const unnamed = clusters.filter(({ person }) => person === null);
  const faces = clusters.reduce((sum, cluster) => sum + cluster.faces, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${PAGE_MARK}
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<title>Who is in the photos</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Who is in the photos</h1>
<p>${facesText(faces)} in ${clusters.length} ${clusters.length === 1 ? 'cluster' : 'clusters'}</p>
${section('People', named)}${section('Without a name', unnamed)}</body>
</html>
`;
}

function section(title: string, clusters: readonly PageCluster[]): string {
  if (clusters.length === 0) return '';
  return `<h2>${title} <small>${clusters.length}</small></h2>
<ul>
${clusters.map(item).join('\n')}
</ul>
`;
}

function item({ id, person, faces, sheet, thumbnail }: PageCluster): string {
  const name = person === null ? `cluster ${id}` : escapeHtml(person);
  const detail = person === null ? facesText(faces) : `${facesText(faces)} · cluster ${id}`;
  const picture =
    thumbnail === undefined
      ? '<span class="gone">photo missing</span>'
      : `<img src="${escapeHtml(thumbnail)}" alt="" loading="lazy" width="160" height="160">`;
  return `<li><a href="${escapeHtml(sheet)}">${picture}<b dir="auto" title="${name}">${name}</b><span>${detail}</span></a></li>`;
}

/** As text or within double quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light; }
body { margin: 2rem; background: ${COLOURS.page}; color: ${COLOURS.ink};
  font: 16px/1.4 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.75rem; }
h2 { margin: 2rem 0 1rem; font-size: 1.25rem; }
p, small, li span { color: ${COLOURS.muted}; }
p { margin: 0.25rem 0 0; }
small { font-weight: normal; }
ul { display: grid; grid-template-columns: repeat(auto-fill, 160px); gap: 1.25rem; margin: 0;
  padding: 0; list-style: none; }
a { display: block; color: inherit; text-decoration: none; background: ${COLOURS.card};
  border: 1px solid ${COLOURS.edge}; border-radius: 10px; overflow: hidden; }
a:hover, a:focus-visible { outline: 3px solid ${COLOURS.query}; }
img, .gone { display: block; width: 160px; height: 160px; background: ${COLOURS.placeholder}; }
.gone { line-height: 160px; text-align: center; }
b, li span:last-child { display: block; margin: 0 0.75rem; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
b { margin-top: 0.5rem; }
li span:last-child { margin-bottom: 0.6rem; font-size: 0.875rem; }
`;
