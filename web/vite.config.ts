/** The cockpit's build: `web/dist`, served by Drover itself. Nothing in it asks another machine for anything. */
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import subsetFont from 'subset-font';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** Beside each text file the same in gzip: packed once at the build, not at every request. */
const packed: Plugin = {
  name: 'packed',
  apply: 'build',
  // Of what was written: Vite still changes the code after the last plugin has seen it.
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle).filter((one) => /\.(?:js|css)$/.test(one))) writeFileSync(`${dir}/${name}.gz`, gzipSync(readFileSync(`${dir}/${name}`), { level: 9 }));
  },
};

/** The letters that fonts.css asks the fonts for. */
const letters = [...readFileSync(new URL('fonts.css', import.meta.url), 'utf8').matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/g)]
  .flatMap(([, from = '', to = from]) => Array.from({ length: Number.parseInt(to, 16) - Number.parseInt(from, 16) + 1 }, (_, i) => String.fromCodePoint(Number.parseInt(from, 16) + i))).join('');

/** The fonts with those letters and the weights that the styles know: 28 kB of Latin instead of 48. */
const slimFonts: Plugin = {
  name: 'slim-fonts',
  apply: 'build',
  async generateBundle(_options, bundle) {
    for (const asset of Object.values(bundle)) {
      if (asset.type === 'asset' && asset.fileName.includes('-latin-wght')) asset.source = await subsetFont(asset.source as Uint8Array, letters, { targetFormat: 'woff2', variationAxes: { wght: { min: 400, max: 600 } } });
    }
  },
};

/** All that the page begins with: one file, which packs better than the six that are each shared with one view or another. */
let first: Set<string> | null = null;
function firstLoad(graph: Rolldown.ChunkingContext): Set<string> {
  if (first !== null) return first;
  first = new Set([fileURLToPath(new URL('main.tsx', import.meta.url))]);
  for (const id of first) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) first.add(next);
  return first;
}

export default defineConfig({
  plugins: [react(), tailwind(), packed, slimFonts],
  define: { DROVER_VERSION: JSON.stringify(version) },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    // Inlined as data: a font or a script would be refused by the policy that the page is served under.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Else everyone who starts Drover is told how long which plugin took.
      checks: { pluginTimings: false },
      output: { codeSplitting: { groups: [{ debugName: 'first', name: (id, graph) => (firstLoad(graph).has(id) ? 'first' : null) }] } },
    },
  },
  // `npx vite web` beside a running Drover.
  server: { proxy: { '/api': 'http://127.0.0.1:4747', '/debug': 'http://127.0.0.1:4747', '/readyz': 'http://127.0.0.1:4747', '/ws': { target: 'ws://127.0.0.1:4747', ws: true } } },
});
