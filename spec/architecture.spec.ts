import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect } from 'chai'
import type { Columns } from 'plinth'
import * as decorators from 'plinth/decorators'
import { root, type Source, sourcesIn, withoutComments } from './support/sources.js'

const files = sourcesIn('src', 'decorators', 'container', 'testing', 'cli', 'examples')
const framework = files.filter(({ path }) => path.startsWith('src/'))

const basis = ['errors', 'helpers', 'logging', 'metadata', 'model']
/** What the directories of `src` may import of one another. */
const directions: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  helpers: ['errors', 'metadata'],
  logging: ['errors', 'helpers'],
  metadata: [],
  model: ['errors', 'helpers', 'metadata'],
  validators: basis,
  files: [...basis, 'validators'],
  redis: basis,
  cache: [...basis, 'redis'],
  'rate-limit': [...basis, 'redis'],
  orm: basis,
  serializer: basis,
  service: [...basis, 'orm', 'rate-limit'],
  http: [...basis, 'orm', 'serializer', 'service', 'cache', 'rate-limit', 'validators', 'files'],
}

/** Packages that only one directory may know. */
const owners: Readonly<Record<string, string>> = {
  typeorm: 'src/orm/',
  'routing-controllers': 'src/http/',
  tsyringe: 'container/',
  'reflect-metadata': 'src/metadata/',
  'fast-check': 'testing/',
  keyv: 'src/cache/',
  'lru-cache': 'src/cache/',
  '@keyv/redis': 'src/redis/',
}

const isOwn = (imported: string): boolean => imported.endsWith('.ts')
const packageOf = (imported: string): string => imported.split('/', imported.startsWith('@') ? 2 : 1).join('/')
const directoryOf = ({ path }: Source | { readonly path: string }): string => path.split('/')[1] ?? ''

describe('Architecture', () => {
  it('lets directories of src import one another in one direction', () => {
    const wrong = framework
      .filter(({ path }) => path !== 'src/index.ts')
      .flatMap((file) => file.imports.filter(isOwn).map((imported) => ({ file, imported })))
      .filter(({ file, imported }) => {
        const [from, to] = [directoryOf(file), directoryOf({ path: imported })]
        return !imported.startsWith('src/') || (from !== to && !directions[from]?.includes(to))
      })
    expect(wrong.map(({ file, imported }) => `${file.path} imports ${imported}`)).to.deep.equal([])
  })

  it('knows every directory of src', () => {
    expect([...new Set(framework.map(directoryOf))].filter((name) => name !== 'index.ts')).to.satisfy(
      (names: readonly string[]) => names.every((name) => name in directions),
    )
  })

  it('keeps each library in one place', () => {
    const wrong = files
      .flatMap(({ path, imports }) =>
        imports.map((imported) => ({ path, owner: owners[packageOf(imported)], imported })),
      )
      .filter(({ path, owner }) => owner !== undefined && !path.startsWith(owner) && !path.startsWith('examples/'))
    expect(wrong.map(({ path, imported }) => `${path} imports ${imported}`)).to.deep.equal([])
    const reflecting = framework.filter(({ text }) => /\bReflect\.\w*[mM]etadata\b/.test(withoutComments(text)))
    expect(reflecting.filter(({ path }) => !path.startsWith('src/metadata/'))).to.deep.equal([])
  })

  it('writes decorators, the container, testing and examples with the public package alone', () => {
    const outside = files.filter(({ path }) => !path.startsWith('src/'))
    const wrong = outside.flatMap(({ path, imports }) =>
      imports
        .filter((imported) => isOwn(imported) && imported.split('/')[0] !== path.split('/')[0])
        .map((imported) => `${path} imports ${imported}`),
    )
    expect(outside).to.not.have.length(0)
    expect(wrong).to.deep.equal([])
  })

  it('has no circle of imports', () => {
    const graph = new Map(files.map(({ path, loads }) => [path, loads.filter(isOwn)]))
    expect(circlesOf(graph)).to.deep.equal([])
  })

  it('names no trait in shared code', () => {
    const words = traitWords()
    expect(words).to.include.members(['\\bSoftDelete\\b', '\\bdeletedAt\\b', '\\bcreatedAt\\b', "'kept'"])
    const pattern = new RegExp(words.join('|'), 'g')
    const wrong = framework.flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(pattern)].map(([word]) => `${path} names ${word}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('assigns no function where it is written to a property', () => {
    // V8 makes such a function old at birth: what it refers to lives until all of the heap is collected.
    const pattern = /(?:\.[#\w]+|\])\s*(?:\?\?|\|\|)?=\s*\(?(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|\w+\s*=>)/
    const isAssigned = (line: string) => pattern.test(line) && !/\b(?:const|let|readonly)\b/.test(line)
    expect(isAssigned('this.#tell = () => reject(error)')).to.equal(true)
    const wrong = files
      .filter(({ path }) => !path.startsWith('examples/'))
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line) => (isAssigned(line) ? `${path}: ${line.trim()}` : [])),
      )
    expect(wrong).to.deep.equal([])
  })

  it('keeps files small', () => {
    // The table of contents has a line for every name.
    const rooms = files.filter(({ path }) => path !== 'src/index.ts')
    const long = rooms.filter(({ text }) => text.split('\n').length > 251)
    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length - 1} lines`)).to.deep.equal([])
  })

  it('has neither `any` nor `Function` in the types of its entry points', () => {
    const wrong = [...declarations()].flatMap(([file, text]) =>
      [...text.matchAll(/.*(?:[:<,|&([=]\s*|=>\s*|\b(?:extends|as|readonly|keyof)\s+)(?:any|Function)\b.*/g)].map(
        ([line]) => `${file}: ${line.trim()}`,
      ),
    )
    expect(wrong).to.deep.equal([])
  })
})

/** Patterns for the built-in traits: their names and columns as words, their scopes as strings. */
function traitWords(): readonly string[] {
  const patterns = new Set<string>()
  for (const exported of Object.values(decorators) as readonly unknown[]) {
    if (typeof exported !== 'function' || !('trait' in exported)) continue
    const { trait } = exported as (typeof decorators)['SoftDelete']
    const columns: Columns = { ...trait.columns?.(trait.defaults), ...trait.namedColumns?.(trait.defaults) }
    for (const word of [trait.name, ...Object.keys(columns)]) patterns.add(`\\b${word}\\b`)
    for (const scope of Object.keys(trait.scopes?.(trait.defaults) ?? {})) patterns.add(`'${scope}'`)
  }
  // Everybody has ids, protocols have versions, and TypeORM calls its descriptions of entities metadata.
  for (const word of ['id', 'version', 'metadata']) patterns.delete(`\\b${word}\\b`)
  // A text can be a slug without any row: what counts is the property.
  patterns.delete('\\bslug\\b')
  patterns.add("'slug'|\\.slug\\b")
  return [...patterns]
}

function circlesOf(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (done.has(file) || path.includes(file)) return
    for (const imported of graph.get(file) ?? []) visit(imported, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return circles
}

/** The declarations users get: those of the entry points and all they refer to, without comments and lists of names. */
function declarations(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const pending = ['src', 'decorators', 'container', 'testing'].map((entry) => join(root, 'dist', entry, 'index.d.ts'))
  for (const file of pending) {
    if (found.has(file) || !existsSync(file)) continue
    const text = withoutComments(readFileSync(file, 'utf8'))
    for (const [, name = ''] of text.matchAll(/(?:from |import\()["'](\.[^"']+)\.js["']/g)) {
      pending.push(resolve(dirname(file), `${name}.d.ts`))
    }
    // TypeScript demands exactly this of the base of a mixin (TS2545).
    const checked = text.replaceAll('new (...args: any[])', 'new ()')
    found.set(file, checked.replace(/\b(?:import|export)\s+(?:type\s+)?\{[^}]*\}/g, ''))
  }
  return found
}
