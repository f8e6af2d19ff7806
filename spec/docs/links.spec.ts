import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { root } from '../support/sources.js'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`),
]

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string): readonly string[] =>
  [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Links to files of the repository, outside of code. */
const linksOf = (page: string): readonly string[] =>
  [
    ...textOf(page)
      .replaceAll(/```.*?```/gs, '')
      .matchAll(/\]\((?!https?:)([^)\s]+)\)/g),
  ].map(([, link = '']) => link)

function leadsNowhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
}

describe('Links in the documentation', () => {
  it('lead to files and headings that are there', () => {
    const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })))
    expect(links.length).to.be.greaterThan(80)
    const broken = links.filter(({ page, link }) => leadsNowhere(page, link))
    expect(broken.map(({ page, link }) => `${page}: ${link}`)).to.deep.equal([])
  })

  it('lead from the README to every page', () => {
    const linked = linksOf('README.md').map((link) => link.split('#')[0])
    const missing = pages.filter(
      (page) => page.startsWith('docs/') && !page.includes('/decisions/') && !linked.includes(page),
    )
    expect(missing).to.deep.equal([])
  })
})
