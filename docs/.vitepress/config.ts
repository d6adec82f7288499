// The documentation site: every page in this folder, titled by its first line, in the order below; the rest follows by name.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type DefaultTheme } from 'vitepress'

const root = join(import.meta.dirname, '..')

const groups: readonly (readonly [title: string, folder: string, first: readonly string[]])[] = [
  [
    'Guide',
    '',
    [
      'getting-started',
      'sessions',
      'requests',
      'recipes',
      'realtime',
      'react',
      'vue',
      'other-frameworks',
      'testing-your-app',
    ],
  ],
  ['Backends', 'backends', ['README']],
]

const titleOf = (file: string): string => /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? file

const pagesOf = (folder: string, first: readonly string[]): DefaultTheme.SidebarItem[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md') && !(folder === '' && entry.name === 'index.md'))
    .map(({ name }) => name.slice(0, -3))
    .toSorted((a, b) => place(a, first) - place(b, first) || a.localeCompare(b))
    .map((name) => ({ text: titleOf(join(root, folder, `${name}.md`)), link: `/${join(folder, name)}` }))

const place = (name: string, first: readonly string[]): number =>
  first.includes(name) ? first.indexOf(name) : first.length

export default defineConfig({
  title: 'Latchkey',
  description: 'The auth client for browser apps that have their own backend.',
  cleanUrls: true,
  lastUpdated: false,
  rewrites: { 'backends/README.md': 'backends/index.md' },
  // Pages of the repository that are not part of the site.
  ignoreDeadLinks: [/^(?:\.\/)?(?:\.\.\/)+/, /localhost/],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Backends', link: '/backends/' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      ...groups.map(([text, folder, first]) => ({ text, items: pagesOf(folder, first) })),
      { text: 'API', items: [{ text: 'Reference', link: '/api/' }] },
    ],
  },
})
