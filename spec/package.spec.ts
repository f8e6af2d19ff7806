import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { bundlePackage } from '../packing/bundle.js'
import { root } from './support/sources.js'

const execute = promisify(execFile)

const quick = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']

const configuration = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    rootDir: '.',
    outDir: 'out',
    types: ['node'],
    sourceMap: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
  },
}

const application = `
import 'reflect-metadata'
import { anyone, describeModel, ModelService, ModelViewSet, Serializer, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { Column, Entity } from 'typeorm'
import { type SoftDeletable, SoftDelete, type Timestamped, Timestamps, type UuidIdentified, UuidPk } from './traits/index.js'
import { Resource } from './traits/resource.js'
import { type HasVersion, Versioned } from './own/versioned.js'

interface Note extends UuidIdentified, Timestamped, SoftDeletable, HasVersion {}
@Entity()
@UuidPk()
@Timestamps()
@SoftDelete()
@Versioned()
class Note {
  @Column() title!: string
}

class NoteService extends ModelService(Note) {}
class NoteSerializer extends Serializer(Note, { fields: ['id', 'title', 'version'], readOnly: ['id', 'version'] }) {}

@Resource('/notes')
class NoteViewSet extends ModelViewSet(Note, {
  serializer: NoteSerializer,
  service: NoteService,
  permissions: { '*': anyone },
}) {}

const app = await createApp({
  entities: [Note],
  viewSets: [NoteViewSet],
  dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
  logger: silentLogger,
})
const { url } = await app.listen(0, '127.0.0.1')
const send = async (method: string, path: string, body?: object) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url + path, { method, ...(body && { headers, body: JSON.stringify(body) }) })
  return { status: answer.status, body: answer.status === 204 ? null : ((await answer.json()) as { id: string }) }
}
const { body, status } = await send('POST', '/notes', { title: 'hello' })
const patched = await send('PATCH', '/notes/' + body!.id, { title: 'hello again' })
const deleted = await send('DELETE', '/notes/' + body!.id)
const restored = (await app.resolve(NoteService).restore(body!.id)).unwrap()
await app.close()
console.log(
  JSON.stringify({
    traits: describeModel(app.registry.model(Note)).traits.map(({ name }) => name).sort(),
    statuses: [status, patched.status, deleted.status],
    patched: { ...patched.body, id: typeof body!.id },
    restored: restored.affected,
  }),
)
`

const misuse = `
import { describeModel, Registry } from 'plinth'
import { type SoftDeletable, SoftDelete } from 'plinth/decorators'

interface Note extends SoftDeletable {}
@SoftDelete()
@SoftDelete()
class Note {}
describeModel(new Registry([Note]).model(Note))
`

const entries = ['src', 'decorators', 'container', 'testing'] as const
const specifierOf = (entry: (typeof entries)[number]): string => (entry === 'src' ? 'plinth' : `plinth/${entry}`)

/** Packing and resolving take seconds, so everything here shares one project that has nothing but what it installed. */
describe('The package', function () {
  this.timeout(300_000)

  let directory: string
  let project: string
  let packed: readonly string[]
  let installed: readonly string[]

  const inProject = async (command: string, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await execute(command, args, { cwd: project })
    return stdout
  }

  before('pack and install', async () => {
    directory = await mkdtemp(join(tmpdir(), 'plinth-package-'))
    project = join(directory, 'application')
    await mkdir(join(project, 'node_modules/plinth'), { recursive: true })
    const copy = join(directory, 'package')
    await copyPackage(copy)
    await bundlePackage(copy)
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory]
    const { stdout } = await execute('npm', pack, { cwd: copy })
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: readonly { path: string }[] }]
    packed = files.map(({ path }) => path)
    const tarball = join(directory, filename)
    await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    // npm decides here what it would install; a conflict between peers ends it with ERESOLVE.
    await inProject('npm', 'install', '--package-lock-only', ...quick, tarball, 'libsql', '@types/node@20')
    const lock = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')) as { packages: object }
    installed = Object.keys(lock.packages).filter((path) => path !== '')
    await inProject('tar', '-xzf', tarball, '-C', 'node_modules/plinth', '--strip-components=1')
    await linkPackages(installed, project)
  })

  after(() => rm(directory, { recursive: true, force: true }))

  it('holds what its users need and nothing else', async () => {
    const tops = new Set(packed.map((path) => path.split('/', path.startsWith('dist/') ? 2 : 1).join('/')))
    const optional = ['CHANGELOG.md', 'README.md', 'docs'].filter((name) => tops.delete(name))
    expect(optional).to.include('CHANGELOG.md')
    expect([...tops]).to.have.members([
      'LICENSE',
      'cli',
      'container',
      'decorators',
      'dist/cli',
      'dist/container',
      'dist/decorators',
      'dist/src',
      'dist/testing',
      'package.json',
      'src',
      'testing',
    ])
    expect(packed.filter((path) => /\.spec\.|\.tsbuildinfo|\.tgz|\.sqlite/.test(path))).to.deep.equal([])
    const modules = packed.filter((path) => /^dist\/.*\.js$/.test(path))
    expect(modules).to.have.members([...entries.map((entry) => `dist/${entry}/index.js`), 'dist/cli/plinth.js'])
  })

  it('holds every file its entry points, types and source maps name', async () => {
    const { bin, exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      bin: Readonly<Record<string, string>>
      exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
    }
    const named = [bin, ...Object.values(exports)].flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    )
    expect(named.filter((path) => !packed.includes(path.replace('./', '')))).to.deep.equal([])
    const typed = packed.filter((path) => /^(src|decorators|container|testing)\/.*\.ts$/.test(path))
    const declared = typed.map((path) => `dist/${path.replace(/ts$/, 'd.ts')}`)
    expect(declared.filter((path) => !packed.includes(path))).to.deep.equal([])
    for (const module of packed.filter((path) => /^dist\/.*\.js$/.test(path))) {
      const map = await readFile(join(project, 'node_modules/plinth', `${module}.map`), 'utf8')
      const { sources } = JSON.parse(map) as { sources: readonly string[] }
      const mapped = sources.map((source) => relative(project, resolve(project, dirname(module), source)))
      expect(mapped).to.not.have.length(0)
      expect(mapped.filter((path) => !packed.includes(path))).to.deep.equal([])
    }
  })

  it('calls what it exports as the modules it is made of do', async () => {
    const program = `
      const names = {}
      for (const entry of ${JSON.stringify(entries.map(specifierOf))}) {
        for (const [name, value] of Object.entries(await import(entry))) names[entry + '#' + name] = value?.name ?? ''
      }
      console.log(JSON.stringify(names))
    `
    await writeFile(join(project, 'names.mjs'), program)
    const expected: Record<string, unknown> = {}
    for (const entry of entries.map(specifierOf)) {
      const module = (await import(entry)) as Readonly<Record<string, { readonly name?: unknown } | undefined>>
      for (const [name, value] of Object.entries(module)) expected[`${entry}#${name}`] = value?.name ?? ''
    }
    expect(JSON.parse(await inProject('node', 'names.mjs'))).to.deep.equal(expected)
  })

  it('is installed with one copy of each peer', () => {
    for (const peer of ['typeorm', 'tsyringe', 'routing-controllers', 'class-validator', 'reflect-metadata']) {
      expect(installed.filter((path) => path.endsWith(`node_modules/${peer}`))).to.deep.equal([`node_modules/${peer}`])
    }
  })

  it('can be required by a CommonJS program', async () => {
    const program = `
      const { column, defineTrait, describeModel, Registry } = require('plinth')
      const { SoftDelete } = require('plinth/decorators')
      const { Container } = require('plinth/container')
      class Note {}
      SoftDelete()(Note)
      const { columns } = describeModel(new Registry([Note]).model(Note))
      console.log(Object.keys(columns).join(), new Container().resolve(Note) instanceof Note)
    `
    await writeFile(join(project, 'program.cjs'), program)
    expect(await inProject('node', 'program.cjs')).to.equal('deletedAt,deletionId,isDeleted true\n')
  })

  it('compiles the program of the README as the README configures it', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    const [program = '', options = ''] = ['ts', 'json'].map(
      (kind) => new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, 'ms').exec(readme)?.[1] ?? '',
    )
    await mkdir(join(project, 'readme'))
    await writeFile(join(project, 'readme/program.ts'), program)
    await writeFile(join(project, 'readme/tsconfig.json'), options)
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    expect(await inProject('node', compiler, '-p', 'readme', '--noEmit')).to.equal('')
  })

  it('compiles and runs an application with its own copies of the built-in traits, and with a trait of its own', async () => {
    await cp(join(root, 'decorators'), join(project, 'traits'), { recursive: true })
    await mkdir(join(project, 'own'))
    await cp(join(root, 'examples/traits/versioned.ts'), join(project, 'own/versioned.ts'))
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(configuration))
    await writeFile(join(project, 'main.ts'), application)
    await inProject('node', join(root, 'node_modules/typescript/bin/tsc'), '-p', '.')
    expect(JSON.parse(await inProject('node', 'out/main.js'))).to.deep.equal({
      traits: ['SoftDelete', 'Timestamps', 'UuidPk', 'Versioned'],
      statuses: [201, 200, 204],
      patched: { id: 'string', title: 'hello again', version: 2 },
      restored: 1,
    })
  })

  it('names the line of the program, and its own in the source, where a decorator is used wrongly', async () => {
    await writeFile(join(project, 'misuse.ts'), misuse)
    await inProject('node', join(root, 'node_modules/typescript/bin/tsc'), '-p', '.')
    const failing = inProject('node', '--enable-source-maps', 'out/misuse.js')
    const { stderr } = await failing.then(
      () => ({ stderr: '' }),
      (error: { stderr: string }) => error,
    )
    expect(stderr).to.include('@SoftDelete at misuse.ts:6:2')
    expect(stderr).to.include('@SoftDelete at misuse.ts:7:2')
    expect(stderr).to.match(/node_modules\/plinth\/src\/model\/[\w-]+\.ts:\d+:\d+/)
  })
})

/** What is packed is changed before, and other specs load it meanwhile. */
async function copyPackage(copy: string): Promise<void> {
  const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { files: readonly string[] }
  const tops = new Set(['package.json', 'LICENSE', 'README.md', ...files.map((path) => path.split('/', 1)[0] ?? path)])
  for (const top of tops) await cp(join(root, top), join(copy, top), { recursive: true })
}

/** Unpacks nothing twice: what npm would download is here already, because the repository depends on it too. */
async function linkPackages(paths: readonly string[], project: string): Promise<void> {
  for (const path of paths.filter((path) => path.split('/node_modules/').length === 1)) {
    const [source, target] = [join(root, path), join(project, path)]
    if (existsSync(target) || !existsSync(source)) continue
    await mkdir(dirname(target), { recursive: true })
    await symlink(source, target, 'dir')
  }
}
