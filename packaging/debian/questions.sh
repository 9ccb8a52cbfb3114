# Asks a question, and repeats it while the daemon refuses the answer. This is part of the config and the postinst script:
# when config runs before the package is unpacked there is no daemon yet, and postinst repeats what the daemon refuses.
answers=/usr/lib/$package/answers

# $1 question, $2 priority
ask() {
  priority=$2
  while :; do
    shown=true
    db_input "$priority" "$package/$1" || shown=false
    db_go || true
    [ -x "$answers" ] || return 0
    db_get "$package/$1"
    if reason=$("$answers" "$package" refuse "$1" "$RET" < /dev/null); then return 0; fi
    # Not even critical questions are shown. postinst reports the invalid answer later.
    if [ "$shown" = false ] && [ "$priority" = critical ]; then return 0; fi
    priority=critical
    db_subst "$package/refused" answer "$RET"
    db_subst "$package/refused" reason "$reason"
    db_fset "$package/refused" seen false
    db_input critical "$package/refused" || true
    db_fset "$package/$1" seen false
  done
}

answer_of() {
  db_get "$package/$1"
  printf '%s' "$RET"
}
