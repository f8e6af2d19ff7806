import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { documentText } from 'plinth'
import { describeApp } from 'plinth/container'
import { root } from '../support/sources.js'
import { options } from './library.js'

interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

const library = join(root, 'dist/spec/cli/library.js')
const warning =
  /^VolumeViewSet\.mystery does not say what it answers; say it with `answers` in its @Action \(.*library.*\)\.\n$/

function openapi(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'dist/cli/plinth.js'), 'openapi', ...words], (error, output, errors) => {
      resolve({ code: error ? Number(error.code) : 0, output, errors })
    })
  })
}

/** How a command ends, and the last line of what it complains about. */
const ends = async (...words: readonly string[]) => {
  const { code, errors } = await openapi(...words)
  return { code, first: errors.split('\n').at(-2) }
}

describe('plinth openapi', function () {
  this.timeout(60_000)
  let folder: string
  let file: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    file = join(folder, 'openapi.json')
  })
  after(() => rm(folder, { recursive: true }))
  beforeEach(() => writeFile(file, documentText(describeApp(options).document)))

  it('prints the document, without a database, and what it cannot say beside it', async () => {
    const { code, output, errors } = await openapi(library)
    expect({ code, output }).to.deep.equal({ code: 0, output: await readFile(file, 'utf8') })
    expect(errors).to.match(warning)
  })

  it('describes a running application alike', async () => {
    const { code, output } = await openapi(library, '--export', 'running', '--json')
    expect(code).to.equal(0)
    expect(JSON.parse(output)).to.deep.equal(JSON.parse(await readFile(file, 'utf8')))
  })

  it('prints nothing but the document, whatever the application writes meanwhile', async () => {
    const { code, output, errors } = await openapi(library, '--export', 'talkative')
    expect({ code, output }).to.deep.equal({ code: 0, output: await readFile(file, 'utf8') })
    expect(errors.split('\n')[0]).to.equal('The library opens.')
    expect(JSON.parse(errors.split('\n')[1] ?? '')).to.include({ level: 'warn', message: 'The library is small.' })
  })

  it('ends with 0 where a file is the document', async () => {
    const { code, output } = await openapi(library, '--check', file)
    expect({ code, output }).to.deep.equal({ code: 0, output: `${file} is the document of the application.\n` })
  })

  it('ends with 1 and names every difference where it is not', async () => {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Record<string, object>
    const { '/volumes/{id}': _gone, ...paths } = kept['paths'] as Record<string, object>
    await writeFile(file, JSON.stringify({ ...kept, info: { title: 'Old', version: '2.0.0' }, paths, more: 1 }))
    const { code, output } = await openapi(library, '--check', file)
    expect(code).to.equal(1)
    expect(output.split('\n')).to.deep.equal([
      `${file} is not the document of the application:`,
      '  /info/title is "Library", and "Old" in the file',
      '  /paths/~1volumes~1{id} is missing in the file',
      '  /more is in the file alone',
      '',
    ])
  })

  it('ends with 1 where the document cannot say something, if that is asked', async () => {
    const { code, errors } = await openapi(library, '--check', file, '--fail-on-warn')
    expect(code).to.equal(1)
    expect(errors).to.match(warning)
  })

  it('ends with 2 where there is nothing to describe or to compare', async () => {
    const absent = join(folder, 'absent.json')
    expect(await ends()).to.deep.equal({
      code: 2,
      first: 'Name one module that exports an application: plinth openapi ./dist/app.js',
    })
    expect(await ends(library, '--check', absent)).to.deep.equal({
      code: 2,
      first: `There is no file "${absent}". Write it first: plinth openapi … > ${absent}`,
    })
    expect((await ends(library, '--export', 'Volume')).code).to.equal(2)
  })
})
