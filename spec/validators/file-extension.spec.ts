import { expect } from 'chai'
import { validate } from 'class-validator'
import * as fc from 'fast-check'
import { FileExtension, validateFileExtension, validateJsonSchema } from 'plinth'
import { refusal } from '../support/refusal.js'

const isPicture = validateFileExtension({ allowed: ['.jpg', '.PNG', '.tar.gz'] })

function reasonFor(name: string): unknown {
  return isPicture.complaints(name)[0]?.params?.['reason']
}

describe('validateFileExtension', () => {
  it('takes a name that ends in an allowed extension, in any case', () => {
    const names = [
      'a.jpg',
      'A.JPG',
      'photo.png',
      'archive.tar.gz',
      'v1.2.jpg',
      'example.com.jpg',
      'résumé 2.jpg',
      '写真.jpg',
      '👨‍👩‍👧.jpg',
      '.hidden.jpg',
      'some/dir/a.jpg',
      'C:\\fakepath\\a.jpg',
      '../../a.jpg',
      'php.jpg',
      'my.phpfile.jpg',
      'icon.text.jpg',
      `${'a'.repeat(251)}.jpg`,
    ]
    for (const name of names) expect(isPicture.complaints(name), name).to.deep.equal([])
  })

  it('refuses any other, and says why', () => {
    const names: Readonly<Record<string, readonly string[]>> = {
      extension: [
        'a',
        'a.jpeg',
        'a.jpg.exe',
        'ajpg',
        '.jpg',
        '.tar.gz',
        'dir/.png',
        'a.gz',
        'a.\u212apg',
        'a.jpg\u00ad',
        'a.ｊｐｇ',
      ],
      doubleExtension: [
        'a.php.jpg',
        'a.PHP5.jpg',
        'a.b.phtml.c.jpg',
        'a.php .jpg',
        'index.html.png',
        'x.svg.tar.gz',
        '.htaccess.jpg',
      ],
      characters: [
        'a\0.jpg',
        'a.jpg\0',
        'a\n.jpg',
        'a\u202egpj.jpg',
        'a\u2066b.jpg',
        'a\u2028.jpg',
        'a\ud800.jpg',
        'a\u007f.jpg',
        'a\u061c.jpg',
      ],
      delimiters: [
        'a.php;.jpg',
        'a.php:.jpg',
        'a.php::$DATA.jpg',
        'a.php%00.jpg',
        'a%0a.jpg',
        '..%2fa.jpg',
        '..%5Ca.jpg',
      ],
      end: ['a.jpg.', 'a.jpg ', 'a.jpg..', 'a.jpg\u00a0', 'a.jpg\u3000', '.', '..'],
      device: ['con.jpg', 'NUL.png', 'aux .jpg', 'com1.jpg', 'LPT9.tar.gz', 'com¹.jpg', 'conin$.jpg', 'prn.x.jpg'],
      length: ['', 'dir/', `${'a'.repeat(252)}.jpg`, `${'é'.repeat(126)}.jpg`],
    }
    for (const [reason, list] of Object.entries(names)) {
      for (const name of list) {
        expect(isPicture(name), JSON.stringify(name)).to.equal(false)
        expect(reasonFor(name), JSON.stringify(name)).to.equal(reason)
      }
    }
  })

  it('says what a name must do instead, without the name', () => {
    const messages: Readonly<Record<string, string>> = {
      [`${'a'.repeat(252)}.jpg`]: 'must have a name of 1 to 255 bytes',
      'a\n.jpg': 'must have a name without control, direction or line characters',
      'a:b.jpg': 'must have a name without colons, semicolons or encoded control and path characters',
      'a.jpg ': 'must have a name that ends in neither a dot nor a space',
      'con.jpg': 'must not have the name of a device',
      'a.php.jpg': 'must have a name without an extension that servers run before the last one',
    }
    for (const [name, message] of Object.entries(messages)) {
      expect(isPicture.complaints(name).map((complaint) => complaint.message)).to.deep.equal([message])
    }
  })

  it('takes names for those of devices only where they are whole', () => {
    for (const name of ['con1.jpg', 'acon.jpg', 'com.jpg', 'com10.jpg', 'lptx.jpg', 'nul-1.jpg', 'a.con.jpg']) {
      expect(reasonFor(name), name).to.equal(undefined)
    }
  })

  it('takes no letter for one of ASCII that is none', () => {
    const isMap = validateFileExtension({ allowed: ['.kmz'] })
    expect(['a.kmz', 'a.KMZ', 'a.\u212amz'].map((name) => isMap(name))).to.deep.equal([true, true, false])
  })

  it('reads the name of a file, and wants one', () => {
    expect(isPicture(new File([], 'a.jpg'))).to.equal(true)
    expect(isPicture(new File([], 'a.php'))).to.equal(false)
    expect(isPicture({ buffer: Buffer.alloc(1), originalname: 'a.png' })).to.equal(true)
    expect(isPicture({ originalname: 'a.php', name: 'a.png' })).to.equal(false)
    for (const value of [undefined, null, 1, {}, [], ['a.jpg'], { name: 1 }, { name: ['a.jpg'] }, new Blob([])]) {
      expect(isPicture(value)).to.equal(false)
      expect(isPicture.complaints(value)[0]!.params).to.deep.include({ reason: 'name' })
    }
  })

  it('names the extensions, never the file', () => {
    expect(isPicture.complaints('secret.php')).to.deep.equal([
      {
        pointer: '#',
        code: 'fileExtension',
        message: 'must be the name of a file that ends in .jpg or .png or .tar.gz',
        params: { reason: 'extension', allowed: ['.jpg', '.png', '.tar.gz'] },
      },
    ])
  })

  it('accepts only what fits its schema', () => {
    const fits = validateJsonSchema(isPicture.schema)
    const piece = fc.constantFrom('.jpg', '.PNG', '.tar', '.gz', 'a', '/', '\\', '.', ' ', 'php', '\0', 'é', '.Jpg')
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 6 }), (name) => !isPicture(name) || fits(name)),
      { numRuns: 2000 },
    )
    expect(['a.jpg', 'a.Tar.GZ', 'a.gif', '.jpg', 'x/.jpg'].map(fits)).to.deep.equal([true, true, false, false, false])
  })

  it('refuses extensions that are none', () => {
    for (const allowed of [[], ['jpg'], ['.'], ['.j pg'], ['*.jpg'], ['.jpg', ''], ['..jpg'], ['.jpg.'], ['.\u212a']]) {
      expect(refusal('E_VALIDATOR_OPTIONS', () => validateFileExtension({ allowed }))).to.match(
        /^Give the allowed extensions/,
      )
    }
    const start = "Give the allowed extensions with their dots, as ['.jpg', '.png']: "
    expect(refusal('E_VALIDATOR_OPTIONS', () => validateFileExtension({ allowed: [] }))).to.equal(`${start}none is.`)
    expect(refusal('E_VALIDATOR_OPTIONS', () => validateFileExtension({ allowed: ['.jpg', 'png'] }))).to.equal(
      `${start}"png" is no extension.`,
    )
  })

  it('is a decorator that says why', async () => {
    class Upload {
      @FileExtension({ allowed: ['.jpg'] }) readonly avatar: unknown

      constructor(avatar: unknown) {
        this.avatar = avatar
      }
    }
    expect(await validate(new Upload('a.jpg'))).to.deep.equal([])
    const [complaint] = await validate(new Upload('a.php.jpg'))
    expect(complaint!.constraints).to.deep.equal({
      fileExtension: 'avatar must have a name without an extension that servers run before the last one',
    })
  })
})
