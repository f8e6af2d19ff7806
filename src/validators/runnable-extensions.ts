/**
 * Extensions that servers are set up to run, or to hand to browsers as pages that run. Apache with `AddHandler` looks
 * at every extension of a name, so `a.php.jpg` may run. (Not `com`, which ends too many honest names: `example.com.pdf`.)
 */
export const runnableExtensions: ReadonlySet<string> = new Set(
  `asa asax ascx ashx asmx asp aspx axd bash bat cer cfc cfm cgi cmd csh cshtml dll exe fcgi hta htaccess htpasswd htm
  html inc jar js jse jsp jspf jspx jsv jsw ksh lua mht mhtml mjs msi phar php php2 php3 php4 php5 php6 php7 php8 phps
  pht phpt phtml pl pm ps1 py pyc rb scr sh shtm shtml stm svg swf vb vbe vbhtml vbs war wsf xht xhtml zsh`.split(
    /\s+/,
  ),
)
