import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePrograms } from './compile.js'
import { root, withoutComments } from './sources.js'

/** A block of TypeScript in the documentation. */
export interface DocumentedCode {
  /** The page, relative to the repository. */
  readonly page: string
  /** Which of its blocks, from 1. */
  readonly number: number
  readonly code: string
}

/** Pages that have specs of their own: they show code of examples, or what does not compile. */
const elsewhere = ['docs/authentication.md', 'docs/coming-from-django.md', 'docs/tenants.md', 'docs/wrong-programs.md']

/** All blocks of TypeScript that the pages show. */
export function documentedCode(): readonly DocumentedCode[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
  return ['README.md', ...pages.toSorted()].filter((page) => !elsewhere.includes(page)).flatMap(blocksOf)
}

function blocksOf(page: string): readonly DocumentedCode[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)
  return [...blocks].map(([, code = ''], index) => ({ page, number: index + 1, code }))
}

/** What the compiler refuses of them, each with its page and line. */
export function refusedCode(blocks: readonly DocumentedCode[]): readonly string[] {
  const programs = new Map(blocks.map((block) => [fileOf(block), programOf(block)]))
  return [...compilePrograms('documented-code', programs, { verbatimModuleSyntax: false })].map(([place, message]) => {
    const [file = '', line = ''] = place.split(':')
    const block = blocks.find((block) => fileOf(block) === file)
    const code = programs.get(file)?.split('\n')[Number(line) - 1]?.trim()
    return `${block?.page ?? file}, block ${block?.number}: ${code}\n  ${message.join('\n  ')}`
  })
}

const titleOf = (page: string): string =>
  page
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .replaceAll('/', '-')
const fileOf = ({ page, number }: DocumentedCode): string => `${titleOf(page)}-${number}.ts`

/** What other packages export that blocks use without saying so. */
const packages: Readonly<Record<string, string>> = {
  typeorm: 'Column Entity JoinTable ManyToMany ManyToOne OneToMany PrimaryColumn PrimaryGeneratedColumn Relation',
  'class-transformer': 'Type',
  'class-validator':
    'ArrayMaxSize IsArray IsBoolean IsDate IsInt IsOptional IsString Length MaxLength Min ValidateNested',
  tsyringe: 'inject injectable',
  uuid: 'v7',
  'node:assert': 'deepStrictEqual',
  'node:crypto': 'randomUUID',
  'node:http': 'createServer',
  'node:stream/promises': 'pipeline',
}

/** A block as a program: with the imports it leaves out, and with what pages speak of (`spec/docs/pages`). */
function programOf({ page, code }: DocumentedCode): string {
  const settings = [titleOf(page), 'every-page']
    .map((name) => `spec/docs/pages/${name}.ts`)
    .filter((file) => existsSync(join(root, file)))
  const told = settings.flatMap(namesExportedBy)
  const statement = /^import [^']*'[^']*'\n/gm
  const imports = code.match(statement) ?? []
  const statements = withoutGaps(code.replace(statement, '').replace(/^export /gm, ''), told)
  const words = new Set(withoutComments(statements).match(/[A-Za-z_]\w*/g))
  for (const word of imports.join('').match(/\w+/g) ?? []) words.delete(word)
  const sources: readonly (readonly [string, readonly string[]])[] = [
    ...settings.map((file) => [`../../${file.replace(/ts$/, 'js')}`, namesExportedBy(file)] as const),
    ...Object.entries(packages).map(([name, exported]) => [name, exported.split(' ')] as const),
    ['plinth/decorators', namesExportedBy('decorators/index.ts')],
    ['plinth/container', namesExportedBy('container/index.ts')],
    ['plinth/testing', namesExportedBy('testing/index.ts')],
    ['plinth', namesExportedBy('src/index.ts')],
  ]
  const added = sources.map(([source, names]) => {
    const used = names.filter((name) => words.delete(name))
    return used.length === 0 ? '' : `import { ${used.join(', ')} } from '${source}'\n`
  })
  // In a function, what a block declares comes before what the page speaks of.
  return `${imports.join('')}${added.join('')}declare const elided: any\nexport async function shown() {\n${statements}}\n`
}

/** What stands for `…`: any values, the members the page speaks of, work that is not shown. */
function withoutGaps(code: string, told: readonly string[]): string {
  return code
    .replaceAll(/class (\w+) \{ … \}/g, (_, name: string) =>
      told.includes(`${name}Members`) ? `class ${name} extends ${name}Members {}` : `class ${name} {}`,
    )
    .replaceAll(/([)>]) \{ … \}/g, '$1 { throw elided }')
    .replaceAll(/^( *)…$/gm, '$1...elided,')
    .replaceAll(/([{[(] ?)…/g, '$1...elided')
    .replaceAll(/^(.*\/\/ does not compile)/gm, '// @ts-expect-error\n$1')
}

/** The names that the table of contents of an entry point, or the setting of a page, exports. */
function namesExportedBy(file: string): readonly string[] {
  const text = withoutComments(readFileSync(join(root, file), 'utf8'))
  const listed = [...text.matchAll(/^export (?:type )?\{(.*?)\}/gms)].flatMap(([, names = '']) => names.split(','))
  const declared = text.matchAll(/^export (?:declare )?(?:abstract )?(?:const|class|function|interface|type) (\w+)/gm)
  const names = listed.map((name) =>
    name
      .trim()
      .replace(/^type /, '')
      .replace(/^.* as /, ''),
  )
  return [...new Set([...names, ...[...declared].map(([, name = '']) => name)])].filter((name) => name !== '')
}
