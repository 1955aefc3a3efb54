"""Names in other scripts, by culture, each part with its romanized form."""

from __future__ import annotations

from enrollment_portal.demo.people.names import Culture

SCRIPTS: tuple[Culture, ...] = (
    Culture(
        "Ukrainian",
        3,
        "Олександр/oleksandr Тарас/taras Богдан/bohdan Андрій/andrii Сергій/serhii Юрій/yurii"
        " Оксана/oksana Наталія/nataliia Ярина/yaryna Соломія/solomiia Ілля/illia Ганна/hanna"
        " Микола/mykola Євген/yevhen Леся/lesia Зоряна/zoriana",
        "Шевченко/shevchenko Коваленко/kovalenko Бондаренко/bondarenko Ткачук/tkachuk"
        " Кравчук/kravchuk Олійник/oliinyk Гончаренко/honcharenko Лисенко/lysenko Мороз/moroz"
        " Павленко/pavlenko Щербак/shcherbak Яковенко/yakovenko Єременко/yeremenko"
        " Ґалаґан/galagan Савчук/savchuk Юрченко/yurchenko",
    ),
    Culture(
        "Russian women",
        1,
        "Анна/anna Екатерина/ekaterina Мария/maria Ольга/olga Татьяна/tatyana Наталья/natalya"
        " Юлия/yulia Ксения/ksenia Алёна/alyona Дарья/darya",
        "Иванова/ivanova Смирнова/smirnova Кузнецова/kuznetsova Соколова/sokolova"
        " Лебедева/lebedeva Козлова/kozlova Новикова/novikova Морозова/morozova"
        " Королёва/korolyova Щукина/shchukina",
    ),
    Culture(
        "Russian men",
        1,
        "Дмитрий/dmitry Алексей/alexey Николай/nikolay Пётр/pyotr Сергей/sergey Фёдор/fyodor"
        " Илья/ilya Юрий/yury Андрей/andrey Михаил/mikhail",
        "Иванов/ivanov Смирнов/smirnov Кузнецов/kuznetsov Соколов/sokolov Лебедев/lebedev"
        " Козлов/kozlov Новиков/novikov Морозов/morozov Королёв/korolyov Щукин/shchukin",
    ),
    Culture(
        "Bulgarian",
        2,
        "Георги/georgi Иван/ivan Димитър/dimitar Христо/hristo Тодор/todor Красимир/krasimir"
        " Пламен/plamen Стоян/stoyan Борис/boris Любомир/lyubomir",
        "Иванов/ivanov Георгиев/georgiev Димитров/dimitrov Петков/petkov Христов/hristov"
        " Стоянов/stoyanov Тодоров/todorov Ангелов/angelov Желев/zhelev Цветков/tsvetkov",
    ),
    Culture(
        "Greek women",
        2,
        "Μαρία/maria Ελένη/eleni Κατερίνα/katerina Βασιλική/vasiliki Σοφία/sofia"
        " Αγγελική/angeliki Ιωάννα/ioanna Δέσποινα/despoina Χριστίνα/christina"
        " Ευαγγελία/evangelia",
        "Παπαδοπούλου/papadopoulou Νικολάου/nikolaou Γεωργίου/georgiou Δημητρίου/dimitriou"
        " Οικονόμου/oikonomou Βασιλείου/vasileiou Αντωνίου/antoniou Καραγιάννη/karagianni"
        " Μακρή/makri Ιωαννίδου/ioannidou",
    ),
    Culture(
        "Greek men",
        2,
        "Γιώργος/giorgos Δημήτρης/dimitris Νίκος/nikos Κωνσταντίνος/konstantinos"
        " Γιάννης/giannis Χρήστος/christos Παναγιώτης/panagiotis Βασίλης/vasilis"
        " Θανάσης/thanasis Σπύρος/spyros",
        "Παπαδόπουλος/papadopoulos Νικολάου/nikolaou Γεωργίου/georgiou Δημητρίου/dimitriou"
        " Οικονόμου/oikonomou Βασιλείου/vasileiou Αντωνίου/antoniou Καραγιάννης/karagiannis"
        " Μακρής/makris Ιωαννίδης/ioannidis",
    ),
    Culture(
        "Arabic",
        4,
        "محمد/mohammed أحمد/ahmed فاطمة/fatima خالد/khaled ليلى/layla عمر/omar مريم/maryam"
        " يوسف/yousef نور/nour حسن/hassan سارة/sara علي/ali هدى/huda كريم/karim رنا/rana"
        " طارق/tariq زينب/zainab سامي/sami",
        "الحسن/alhassan المصري/almasri حداد/haddad الخطيب/alkhatib منصور/mansour ناصر/nasser"
        " العلي/alali شاهين/shaheen قاسم/qasim صالح/saleh الشامي/alshami عباس/abbas"
        " درويش/darwish خوري/khoury سليمان/suleiman يعقوب/yaqoub زيدان/zidan بركات/barakat",
    ),
    Culture(
        "Persian",
        2,
        "آرش/arash پریسا/parisa کیوان/keyvan گلناز/golnaz ژاله/zhaleh سیاوش/siavash مهسا/mahsa"
        " بهرام/bahram نیلوفر/niloufar داریوش/dariush شیرین/shirin کامران/kamran",
        "احمدی/ahmadi رضایی/rezaei موسوی/mousavi کریمی/karimi جعفری/jafari تهرانی/tehrani"
        " شیرازی/shirazi پورمند/pourmand گلستانی/golestani یزدانی/yazdani صادقی/sadeghi"
        " اصفهانی/esfahani",
    ),
    Culture(
        "Hebrew",
        2,
        "יעל/yael נועה/noa דוד/david משה/moshe תמר/tamar איתן/eitan שירה/shira אורי/uri"
        " רבקה/rivka יוסף/yosef מיכל/michal אבנר/avner ליאור/lior חנה/hannah",
        "כהן/cohen לוי/levi מזרחי/mizrahi פרץ/peretz ביטון/biton אברהם/avraham פרידמן/friedman"
        " שפירא/shapira גולן/golan ברק/barak רוזן/rosen אלון/alon שגב/segev בן_דוד/bendavid",
    ),
    Culture(
        "Hindi",
        3,
        "आरती/aarti राहुल/rahul प्रिया/priya अमित/amit सुनीता/sunita विजय/vijay कविता/kavita"
        " संजय/sanjay नेहा/neha राजेश/rajesh मीना/meena अनिल/anil दीपिका/deepika मोहन/mohan"
        " पूजा/pooja विकास/vikas",
        "शर्मा/sharma वर्मा/verma गुप्ता/gupta सिंह/singh मिश्रा/mishra यादव/yadav पांडे/pandey"
        " तिवारी/tiwari चौहान/chauhan त्रिपाठी/tripathi जोशी/joshi अग्रवाल/agarwal"
        " सक्सेना/saxena श्रीवास्तव/srivastava दुबे/dubey मेहता/mehta",
    ),
    Culture(
        "Bengali",
        1,
        "অনন্যা/ananya সৌরভ/sourav রিয়া/riya অর্ণব/arnab সুমন/suman তানিয়া/tania",
        "সেন/sen ঘোষ/ghosh রায়/ray দাস/das ইসলাম/islam চৌধুরী/chowdhury",
    ),
    Culture(
        "Tamil",
        1,
        "அருண்/arun கவிதா/kavitha முருகன்/murugan மீனா/meena செல்வி/selvi கார்த்திக்/karthik",
        "பாண்டியன்/pandian செல்வம்/selvam குமார்/kumar ராஜன்/rajan சுந்தரம்/sundaram வேலன்/velan",
    ),
    Culture(
        "Chinese",
        5,
        "伟/wei 芳/fang 秀英/xiuying 娜/na 敏/min 静/jing 强/qiang 磊/lei 洋/yang 艳/yan"
        " 勇/yong 军/jun 杰/jie 娟/juan 涛/tao 明/ming 超/chao 小红/xiaohong 志强/zhiqiang"
        " 海燕/haiyan 建国/jianguo 思远/siyuan 雨桐/yutong 子涵/zihan",
        "王/wang 李/li 张/zhang 刘/liu 陈/chen 杨/yang 赵/zhao 黄/huang 周/zhou 吴/wu 徐/xu"
        " 孙/sun 胡/hu 朱/zhu 高/gao 林/lin 何/he 郭/guo 马/ma 罗/luo 欧阳/ouyang 司马/sima"
        " 郑/zheng 谢/xie",
        family_first=True,
        between="",
    ),
    Culture(
        "Japanese",
        4,
        "陽菜/hina 翔太/shota 美咲/misaki 健/ken 結衣/yui 大輔/daisuke さくら/sakura 蓮/ren"
        " 葵/aoi 拓海/takumi 真由美/mayumi 直樹/naoki ひろし/hiroshi 由紀/yuki 和也/kazuya"
        " 千尋/chihiro エミ/emi 隆/takashi",
        "佐藤/sato 鈴木/suzuki 高橋/takahashi 田中/tanaka 伊藤/ito 渡辺/watanabe 山本/yamamoto"
        " 中村/nakamura 小林/kobayashi 加藤/kato 吉田/yoshida 山田/yamada 佐々木/sasaki"
        " 松本/matsumoto 井上/inoue 木村/kimura 清水/shimizu 長谷川/hasegawa",
        family_first=True,
    ),
    Culture(
        "Korean",
        3,
        "민준/minjun 서연/seoyeon 지훈/jihoon 하은/haeun 도윤/doyun 수빈/subin 예준/yejun"
        " 지우/jiwoo 현우/hyunwoo 유진/yujin 은지/eunji 성민/sungmin 채원/chaewon 준호/junho"
        " 미영/miyoung 태현/taehyun",
        "김/kim 이/lee 박/park 최/choi 정/jung 강/kang 조/cho 윤/yoon 장/jang 임/lim 한/han"
        " 오/oh 서/seo 신/shin 권/kwon 황/hwang",
        family_first=True,
        between="",
    ),
    Culture(
        "Thai",
        1,
        "สมชาย/somchai มาลี/malee อนันต์/anan กานดา/kanda วิชัย/wichai นภา/napa ปรีชา/preecha สุดา/suda",
        "แสงทอง/saengthong ศรีสุข/srisuk วงศ์ไทย/wongthai บุญมา/boonma ใจดี/jaidee"
        " รัตนกุล/rattanakul ทองคำ/thongkham สุวรรณ/suwan",
    ),
    Culture(
        "Georgian",
        1,
        "ნინო/nino გიორგი/giorgi თამარი/tamari ლევანი/levani ქეთევანი/ketevani დავითი/daviti",
        "ბერიძე/beridze კაპანაძე/kapanadze მაისურაძე/maisuradze გელაშვილი/gelashvili"
        " ლომიძე/lomidze",
    ),
    Culture(
        "Armenian",
        1,
        "Անահիտ/anahit Արամ/aram Գոհար/gohar Տիգրան/tigran Նարե/nare Վահան/vahan",
        "Սարգսյան/sargsyan Պետրոսյան/petrosyan Հակոբյան/hakobyan Գրիգորյան/grigoryan"
        " Մկրտչյան/mkrtchyan",
    ),
    Culture(
        "Amharic",
        1,
        "አበበ/abebe ሰላም/selam ተስፋዬ/tesfaye ማርታ/marta ዳዊት/dawit ሂሩት/hirut ብርሃኑ/berhanu አስቴር/aster",
        "ገብረ/gebre ከበደ/kebede ሀይሌ/haile ታደሰ/tadesse መኮንን/mekonnen ወርቁ/worku አለሙ/alemu ደስታ/desta",
    ),
)
