import { execFile } from 'node:child_process'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { validate } from 'class-validator'
import { FileContent, UsageError, validateFileContent } from 'plinth'
import { describeWithData } from '../support/data.js'
import { refusal } from '../support/refusal.js'

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const isPicture = validateFileContent({ allowed: ['image/png', 'image/gif'] })
const text = (...allowed: string[]): ((content: string | Uint8Array) => Promise<boolean>) => {
  const holds = validateFileContent({ allowed })
  return (content) => holds(Buffer.from(content))
}

describe('validateFileContent', () => {
  it('looks at the bytes, in any form a file comes in', async () => {
    for (const bytes of [gif, png]) {
      const forms = [bytes, new Uint8Array(bytes), new Blob([bytes]), new File([bytes], 'a.txt'), { buffer: bytes }]
      for (const form of forms) expect(await isPicture(form)).to.equal(true)
    }
    for (const content of [
      '',
      'GI',
      'hello',
      '%PDF-1.4',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'PK\u0003\u0004',
    ]) {
      expect(await isPicture(Buffer.from(content)), content).to.equal(false)
    }
  })

  it('says no of what is no file, and reads none of the disk', async () => {
    const values = [undefined, null, 'a', 1, {}, [], { path: '/etc/hostname' }, { buffer: gif.toString('latin1') }]
    for (const value of [...values, { buffer: [...gif] }]) {
      expect(await isPicture(value)).to.equal(false)
      expect((await isPicture.complaints(value))[0]!.params).to.deep.include({ reason: 'file' })
    }
  })

  it('knows text by reading it', async () => {
    const isText = text('text/plain')
    for (const content of ['', 'hello\r\n\tworld', 'héllo 你好 🦄', '\ufeffbom', 'a < b', '1,2\n3,4', 'a <b>']) {
      expect(await isText(content), content).to.equal(true)
    }
    for (const content of ['a\0b', '\u001b[31m', '\u0085', '<html>', '\n <!doctype html>', '\ufeff<script>', '<?php']) {
      expect(await isText(content), content).to.equal(false)
    }
    for (const bytes of [[0xff, 0xfe, 0x41, 0x00], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0x80]]) {
      expect(await isText(Uint8Array.from(bytes)), String(bytes)).to.equal(false)
    }
    expect(await isText(gif)).to.equal(false)
  })

  it('knows JSON by parsing it', async () => {
    const isJson = text('application/json')
    for (const content of ['{}', '[1]', ' null ', '"<b>"', '['.repeat(10_000) + ']'.repeat(10_000)]) {
      expect(await isJson(content), content.slice(0, 20)).to.equal(true)
    }
    for (const content of ['', '{', "{'a':1}", 'NaN', '[1,]', '"\0"', '['.repeat(1_000_000)]) {
      expect(await isJson(content), content.slice(0, 20)).to.equal(false)
    }
    expect(await text('application/json', 'text/csv')('1,2')).to.equal(true)
  })

  it('wants the extension of what a file holds, where extensions are given', async () => {
    const agrees = validateFileContent({ allowed: { 'image/gif': ['.gif'], 'text/plain': ['.txt', '.log'] } })
    const named = (originalname: string, buffer: Uint8Array): Promise<boolean> => agrees({ originalname, buffer })
    expect(await named('a.GIF', gif)).to.equal(true)
    expect(await named('a.txt', gif)).to.equal(false)
    expect(await named('a.log', Buffer.from('hello'))).to.equal(true)
    expect(await named('a.gif', Buffer.from('hello'))).to.equal(false)
    expect(await agrees(gif)).to.equal(true)
    expect(await agrees.complaints({ originalname: 'a.txt', buffer: gif })).to.deep.equal([
      {
        pointer: '#',
        code: 'fileContent',
        message: 'must have a name with the extension of what it holds',
        params: { reason: 'name', allowed: ['image/gif', 'text/plain'] },
      },
    ])
  })

  it('cannot allow what browsers run, nor nothing', () => {
    const types = [
      'image/svg+xml',
      'text/html',
      'application/xhtml+xml',
      'text/xml',
      'application/xml',
      'Text/JavaScript',
    ]
    for (const type of types) {
      expect(refusal('E_VALIDATOR_OPTIONS', () => validateFileContent({ allowed: ['image/png', type] }))).to.contain(
        `"${type}" can carry scripts`,
      )
    }
    refusal('E_VALIDATOR_OPTIONS', () => validateFileContent({ allowed: [] }))
    refusal('E_VALIDATOR_OPTIONS', () => validateFileContent({ allowed: {} }))
    refusal('E_VALIDATOR_OPTIONS', () => validateFileContent({ allowed: { 'image/png': ['png'] } }))
  })

  it('cannot allow what has no signature', async () => {
    const error: unknown = await text('image/png', 'image/jpg')(png).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(UsageError)
    expect((error as Error).message).to.match(/^These types cannot be told from the bytes of a file: image\/jpg\./)
  })

  it('states its types in its schema', () => {
    expect(isPicture.schema).to.deep.equal({
      anyOf: [
        { type: 'string', contentMediaType: 'image/png' },
        { type: 'string', contentMediaType: 'image/gif' },
      ],
    })
  })

  it('says what to install where the package is missing', async () => {
    const file = new URL('../../src/validators/file-content.js', import.meta.url).href
    const hooks = `
      export function resolve(specifier, context, next) {
        if (specifier === 'file-type') throw Object.assign(new Error('no file-type'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(specifier, context)
      }`
    const program = `
      import { register } from 'node:module'
      register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)})
      const { validateFileContent } = await import(${JSON.stringify(file)})
      try {
        validateFileContent({ allowed: ['image/png'] })
      } catch (error) {
        process.stdout.write(error.message)
      }`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
    expect(stdout).to.equal(
      'Checking the content of files needs the package file-type. Install it: npm install file-type@21\n[E_PEER_MISSING]',
    )
  })

  it('is a decorator', async () => {
    class Upload {
      @FileContent({ allowed: ['image/gif'] }) readonly avatar: unknown

      constructor(avatar: unknown) {
        this.avatar = avatar
      }
    }
    expect(await validate(new Upload(gif))).to.deep.equal([])
    const [complaint] = await validate(new Upload(png))
    expect(complaint!.constraints).to.deep.equal({ fileContent: 'avatar must be a file that holds image/gif' })
  })
})

// What each fixture holds where the extension does not say it in the way media types do.
const types: Readonly<Record<string, string>> = {
  '.7z': 'application/x-7z-compressed',
  '.avi': 'video/vnd.avi',
  '.bmp': 'image/bmp',
  '.bz2': 'application/x-bzip2',
  '.chm': 'application/vnd.ms-htmlhelp',
  '.class': 'application/java-vm',
  '.deb': 'application/x-deb',
  '.docm': 'application/vnd.ms-word.document.macroenabled.12',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.elf': 'application/x-elf',
  '.exe': 'application/x-msdownload',
  '.flac': 'audio/flac',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.ico': 'image/x-icon',
  '.jar': 'application/java-archive',
  '.jpg': 'image/jpeg',
  '.lnk': 'application/x.ms.shortcut',
  '.m4a': 'audio/x-m4a',
  '.macho': 'application/x-mach-binary',
  '.mp1': 'audio/mpeg',
  '.odt': 'application/vnd.oasis.opendocument.text',
  '.ogg': 'audio/ogg',
  '.pcap': 'application/vnd.tcpdump.pcap',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.ps': 'application/postscript',
  '.rar': 'application/x-rar-compressed',
  '.rtf': 'application/rtf',
  '.sqlite': 'application/x-sqlite3',
  '.swf': 'application/x-shockwave-flash',
  '.tar': 'application/x-tar',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xlsm': 'application/vnd.ms-excel.sheet.macroenabled.12',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
}

describeWithData('validateFileContent and the fixtures of file-type', 'magic-bytes/fixture', (data) => {
  it('knows 43 of 45 as what they are called; one is JSON, and one is XML, which cannot be allowed', async () => {
    const names = data.list()
    expect(names).to.have.lengthOf(45)
    const holds = validateFileContent({ allowed: Object.values(types).filter((type) => type !== 'application/xml') })
    const exactly = new Map(
      [...new Set(names.map((name) => extname(name)))]
        .filter((ending) => ending !== '.xml')
        .map((ending) => [ending, validateFileContent({ allowed: [types[ending]!] })]),
    )
    const refused: string[] = []
    for (const name of names) {
      const bytes = data.bytes(name)
      if (!(await holds(bytes))) refused.push(name)
      else expect(await exactly.get(extname(name))!(bytes), name).to.equal(true)
    }
    expect(refused).to.deep.equal(['fixture-json.webp', 'fixture.xml'])
    expect(await validateFileContent({ allowed: ['application/json'] })(data.bytes('fixture-json.webp'))).to.equal(true)
  })

  it('takes none for text or a picture that is neither', async () => {
    const holds = validateFileContent({ allowed: ['text/plain', 'image/png', 'application/pdf'] })
    const taken = []
    for (const name of data.list()) if (await holds(data.bytes(name))) taken.push(name)
    expect(taken).to.deep.equal([
      'fixture-json.webp',
      'fixture-minimal.pdf',
      'fixture-smallest.pdf',
      'fixture.pdf',
      'fixture.png',
    ])
  })

  it('never fails on a file that breaks off or is damaged', async () => {
    const holds = validateFileContent({ allowed: ['image/png', 'application/zip', 'text/plain'] })
    for (const name of data.list()) {
      const bytes = data.bytes(name)
      for (const length of [0, 1, 4, 12, 64, Math.floor(bytes.length / 2)]) await holds(bytes.subarray(0, length))
      const damaged = Buffer.from(bytes)
      for (let at = 8; at < Math.min(damaged.length, 4096); at += 7) damaged[at] = 255 - damaged[at]!
      await holds(damaged)
    }
  })
})
