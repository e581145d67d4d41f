import { join } from 'node:path';
import babel from '@rolldown/plugin-babel';
import react, { reactCompilerPreset } from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** Packages of a name, with everything in their scope. */
const packages = (...names: string[]) => new RegExp(`[\\\\/]node_modules[\\\\/](?:${names.join('|')})[\\\\/]`);

export default defineConfig(({ command }) => ({
  root: join(root, 'src/renderer'),
  // One build is served at /panel/ over HTTP and at the root of app:// on the desktop, so its URLs are relative.
  base: command === 'build' ? './' : '/panel/',
  publicDir: false,
  cacheDir: join(root, '.cache/vite'),
  // Vite's own bundles of packages lie in the cache folder: nothing for the compiler in there.
  plugins: [react(), babel({ presets: [reactCompilerPreset()], exclude: /[\\/](?:node_modules|\.cache)[\\/]/ })],
  build: {
    outDir: join(root, 'out/renderer'),
    // scripts/lib/build/renderer.mjs clears the folder.
    emptyOutDir: false,
    target: 'chrome120',
    sourcemap: true,
    chunkSizeWarningLimit: 1200,
    // The content security policy allows no data: scripts, and small files compress better together.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What changes seldom is cached apart from the panel's own code. The editor is only ever imported
          // dynamically; React comes first, so that the editor's chunk is not the one that owns it.
          groups: [
            {
              name: 'react',
              priority: 30,
              test: packages('react', 'react-dom', 'scheduler', 'use-sync-external-store'),
            },
            // The calendar comes with the first date field that opens it.
            { name: 'mantine', priority: 20, test: packages('@mantine(?![\\\\/]dates)', '@floating-ui') },
            { name: 'tanstack', priority: 20, test: packages('@tanstack') },
            {
              name: 'editor',
              priority: 10,
              test: packages('@codemirror(?![\\\\/]merge)', '@lezer', '@uiw', '@marijn', 'style-mod', 'crelt'),
            },
            // What the entry needs before it has configured zod must bring nothing else of the panel along.
            { name: 'zod', priority: 20, test: packages('zod') },
            { name: 'preload', priority: 20, test: /vite[\\/]preload-helper/ },
            // Each file costs half a kilobyte of headers: what most screens share is one.
            { name: 'shared', priority: 5, minShareCount: 4, test: /[\\/]src[\\/]renderer[\\/](ui|lib)[\\/]/ },
          ],
        },
      },
    },
  },
}));
