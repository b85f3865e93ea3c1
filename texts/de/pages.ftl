# Was Menschen auf den Seiten lesen: was alle gemeinsam haben, und die erste.

page-name = Support
page-skip = Zum Inhalt springen
page-language = Sprache
page-choose = Wählen
page-theme = Farben
page-theme-auto = Wie das Gerät
page-theme-light = Hell
page-theme-dark = Dunkel
page-blocked = Sie können hier gerade nicht schreiben. Sie können lesen, löschen, was Sie geschrieben haben, und Ihre Tickets schließen.
page-fault-back = Zurück zum Anfang
page-fault-forbidden = Das dürfen Sie nicht.
page-fault-foreign = Dieses Formular kam nicht von dieser Seite. Öffnen Sie die Seite neu, und senden Sie es von dort.
page-fault-not-found = Hier ist nichts.
page-fault-too-large = Das ist zu groß.
page-fault-too-often = Das war zu oft. Warten Sie einen Moment, und versuchen Sie es noch einmal.
page-fault-store-away = Das geht gerade nicht. Versuchen Sie es in einer Minute noch einmal.
page-fault-discord-away = Discord antwortet nicht, also ist nicht zu sagen, was Sie sehen dürfen. Versuchen Sie es in einer Minute noch einmal.
page-fault-ours = Bei uns ist etwas schiefgegangen.
page-fault-request = Diese Anfrage ist nicht gültig.

home-title = Wie können wir helfen?
home-portal = Ihre Tickets
home-portal-about = Fragen Sie uns etwas, und sehen Sie, was wir geantwortet haben.
home-desk = Der Arbeitsplatz
home-desk-about = Für das Team: an Tickets arbeiten.
home-docs = Die API
home-docs-about = Für Entwickler: Tickets aus einem Programm öffnen und verfolgen.
