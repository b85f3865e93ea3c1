# What people read on the pages: what all have in common, and the first one.

page-name = Support
page-skip = Skip to the content
page-language = Language
page-choose = Choose
page-theme = Colours
page-theme-auto = As the device
page-theme-light = Light
page-theme-dark = Dark
page-blocked = You cannot write here at the moment. You can read, delete what you wrote, and close your tickets.
page-fault-back = Back to the start
page-fault-forbidden = You may not do this.
page-fault-foreign = This form did not come from this site. Open the page again, and send it from there.
page-fault-not-found = There is nothing here.
page-fault-too-large = This is too large.
page-fault-too-often = That was too often. Wait a moment, and try again.
page-fault-store-away = This does not work at the moment. Try again in a minute.
page-fault-discord-away = Discord does not answer, so nobody can tell what you may see. Try again in a minute.
page-fault-ours = Something went wrong on our side.
page-fault-request = This request is not valid.

home-title = How can we help?
home-portal = Your tickets
home-portal-about = Ask us something, and see what we answered.
home-desk = The desk
home-desk-about = For staff: work on tickets.
home-docs = The API
home-docs-about = For developers: open and follow tickets from a program.
